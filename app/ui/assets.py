"""Our own files, which every page names: the look and the script. Browsers keep them until they are others."""

import re
from pathlib import Path

from app.ui import browser
from app.ui.browser import days, keyboard, theme
from app.ui.components.shortcuts import SHORTCUTS
from app.ui.components.theme_button import DRAWINGS
from app.ui.http import installing
from app.ui.http.cookies import ZONE_COOKIE, cookie_name
from app.ui.http.files import File

_DARK = re.compile(r"^\.body--dark\b[^{]*\{[^}]*\}", re.MULTILINE)


def _theme() -> bytes:
    """The theme; dark without a script too, where the system is, until one has told what a person has chosen."""
    css = "\n".join(Path(__file__).with_name(name).read_text("utf-8") for name in ("theme.css", "layout.css"))
    dark = "\n".join(_DARK.findall(css)).replace(".body--dark", "body:not(.body--light, .body--dark)")
    return f"{css}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n".encode()


_THEME = File(_theme(), "text/css")
_ZONE_COOKIES = (cookie_name(ZONE_COOKIE, secure=secure) for secure in (False, True))
_SCRIPTS = (
    browser.on_every_page(*_ZONE_COOKIES)
    + keyboard.on_every_page(SHORTCUTS)
    + days.on_every_page()
    + theme.on_every_page(DRAWINGS, installing.COLOURS)
)
_SCRIPT = File(_SCRIPTS.encode(), "text/javascript")
OWN = {"/theme.css": _THEME, "/browser.js": _SCRIPT}
"""By their paths."""
_LOOK = f'<link rel="stylesheet" href="/theme.css?{_THEME.tag}">'
_BEHAVIOUR = f'<script defer src="/browser.js?{_SCRIPT.tag}"></script>'
FILES = _LOOK + _BEHAVIOUR
"""What names them."""
HEAD = f"{_LOOK}<script>{browser.say_that_scripts_run()}</script>{_BEHAVIOUR}{installing.HEAD}"
"""What stands in the head of every page: the look first, and no script that anything waits for."""
THEMES = {"light": "body--light", "dark": "body--dark"}
"""The class that a chosen theme gives a page; without one it is the system's."""
WITHOUT_SCRIPT = (
    "<p class='alert without-script'>Traderoom needs JavaScript: what the other side does reaches your page as it"
    " happens. Please switch it on for this site, and load the page again.</p>"
)
"""Not in a `noscript`, which some browsers do not show although they run no script."""
