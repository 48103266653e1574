"""NiceGUI's template of a page, of which patches write something in another way."""

import re

from jinja2 import ChoiceLoader, DictLoader
from nicegui.client import templates

from app.patches.internals import Missing

_NAME = "index.html"
_done: set[str] = set()


def write(by: str, *, instead_of: str) -> None:
    """Write something else in the place of what a pattern describes. Raises `Missing` where that is not there once."""
    loader = templates.env.loader
    if loader is None or instead_of in _done:
        return
    source, count = re.subn(instead_of, by, loader.get_source(templates.env, _NAME)[0], flags=re.DOTALL)
    if count != 1:
        raise Missing(f"NiceGUI's page has no {instead_of!r} any more")
    source = re.sub(
        r"<!-- .*? -->|/\* .*? \*/|\n\s*// [^\n]*", "", source
    )  # comments and indentation are 2 kB of a page
    source = re.sub(r"\n\s+", "\n", source)
    templates.env.loader = ChoiceLoader([DictLoader({_NAME: source}), loader])
    _done.add(instead_of)
