"""What is renamed, and where: an internal of a library, wherever the library uses it, as its next release might."""

import io
import re
import sys
import tokenize
from dataclasses import dataclass
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from types import CodeType
from typing import Any

LIBRARIES = ("nicegui", "socketio", "engineio", "starlette", "fastapi", "uvicorn", "websockets")
SUFFIX = "_renamed"
_IN_A_CLASS = 4
"""The column in which a class names its attributes."""
_OWNERS = {
    "elements": ("self", "client"),
    "manager": ("self", "server", "sio"),
    "parse": ("self", "Props", "Style"),
    "encode": ("self", "pkt", "packet", "eio_pkt"),
    "client": ("self",),
    "name": ("self",),
    "element": ("self",),
    "outbox": ("self", "client"),
    "component": ("self", "cls", "element"),
    "page": ("self", "client"),
    "parser": ("self",),
    "queue": ("self",),
    "handlers": ("self", "eio", "sio"),
    "emit": ("manager",),
    "sockets": ("self", "eio"),
    "reconnect_timeout": ("self", "page"),
    "server": ("self", "manager"),
    "cls": ("self", "m"),
}
"""Names that other things have too: they are renamed only where one of these has them."""
_WITHIN = {
    "emit": ("socketio",),
    "client": ("nicegui.outbox",),
    "name": ("nicegui.binding",),
    "element": ("nicegui.classes", "nicegui.props"),
    "parse": ("nicegui",),
    "parser": ("uvicorn.protocols.http.httptools_impl",),
    "encode": ("socketio",),
    "reconnect_timeout": ("nicegui.page",),
    "component": ("nicegui",),
    "server": ("socketio.base_manager", "socketio.async_manager"),
    "cls": ("starlette.middleware", "nicegui.storage"),
    "events": ("websockets.protocol",),
    "conn": ("uvicorn.protocols.websockets.websockets_sansio_impl",),
}
"""And only in these modules."""
_DEFINED_IN = {"emit": ("socketio.async_manager",), "page": ()}
"""Where a definition of this name is the one that is meant, if not everywhere."""
_MODULES_NAMES = {"bindable_properties", "sio_app", "MAX_LINE_LENGTH"}
"""Attributes of a module, which uses them without its own name before them."""
_UNCHANGEABLE = {"wait_for", "next_message_id"}
"""Python's own, and a word on the wire: the script in the browser would have to change with it."""


@dataclass(frozen=True)
class Renaming:
    """A name, what it is (``attribute``, ``name`` of a module, ``import`` or ``text``), and where it is renamed."""

    name: str
    kind: str
    modules: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "modules", tuple(self.modules))  # JSON has lists only

    def __str__(self) -> str:
        return f"{self.modules[0]}-{self.name}-{self.kind}"

    def covers(self, module: str) -> bool:
        """Whether it is renamed in this module."""
        return any(module == place or module.startswith(f"{place}.") for place in self.modules)

    def apply(self, source: str, module: str) -> str:
        """The module's source with the other name."""
        if self.name not in source:
            return source
        if self.kind == "import":
            renamed = re.sub(rf"\b{self.name}\.", f"{self.name}{SUFFIX}.", source)
            return renamed.replace(f"import {self.name}\n", f"import {self.name} as {self.name}{SUFFIX}\n")
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
        found = [token for place, token in enumerate(tokens) if self._is_it(tokens, place, module)]
        lines = source.splitlines(keepends=True)
        for token in reversed(found):
            row, column = token.start
            line = lines[row - 1]
            renamed = re.sub(rf"\b{self.name}\b", self.name + SUFFIX, token.string)
            lines[row - 1] = line[:column] + renamed + line[column + len(token.string) :]
        return "".join(lines)

    def _is_it(self, tokens: list[tokenize.TokenInfo], place: int, module: str) -> bool:
        token = tokens[place]
        if self.kind == "text":
            return token.type == tokenize.STRING and token.string.strip("'\"") == self.name
        if token.type == tokenize.STRING and token.string[0] in "fF":  # before Python 3.12 it is one token
            owners = "|".join(_OWNERS.get(self.name, (r"\w+",)))
            return self.kind == "attribute" and bool(
                re.search(rf"{{(?:\w+\.)*(?:{owners})\.{self.name}\b", token.string)
            )
        if token.type != tokenize.NAME or token.string != self.name:
            return False
        before, after = tokens[place - 1].string, tokens[place + 1].string
        owner = tokens[place - 2].string if place > 1 else ""
        if self.kind == "name":
            return before != "." or owner not in {"urllib", "self"}
        if before in {"def", "class"}:
            return module in _DEFINED_IN.get(self.name, (module,))
        if before.strip() == "" and token.start[1] == _IN_A_CLASS and after in {":", "="}:
            return True  # what a class says of its attributes
        return before == "." and owner != "from" and owner in _OWNERS.get(self.name, (owner,))


def renaming_of(touch: str) -> Renaming | None:
    """What a patch lists, as a renaming; None for what no release of the library can rename."""
    path, _, inner = (part.strip() for part in touch.partition("->"))
    module, _, names = path.partition("(")[0].partition(":")
    name = inner.strip("'") or names.rpartition(".")[2]
    if name.startswith("__") or name in _UNCHANGEABLE:
        return None
    if inner.startswith("'"):
        return Renaming(name, "text", ("nicegui",))
    if name == "asyncio":
        return Renaming(name, "import", (module,))
    is_modules = name in _MODULES_NAMES or not (inner or "." in names)
    library = module.partition(".")[0]
    where = {"engineio": ("engineio", "socketio")}.get(library, LIBRARIES)
    return Renaming(name, "name" if is_modules else "attribute", _WITHIN.get(name, where))


def rename_in_imports(renaming: Renaming) -> None:
    """Import the libraries from now on as if the name were another one in them."""

    class Loader(SourceFileLoader):
        def get_code(self, fullname: str) -> CodeType | None:
            if renaming.covers(fullname):
                source = self.get_source(fullname) or ""
                renamed = renaming.apply(source, fullname)
                if renamed != source:
                    code: Any = compile(renamed, self.path, "exec", dont_inherit=True)
                    return code  # type: ignore[no-any-return]
            return super().get_code(fullname)

    details = (ExtensionFileLoader, EXTENSION_SUFFIXES), (Loader, SOURCE_SUFFIXES)
    sys.path_hooks.insert(0, FileFinder.path_hook(*details))
    sys.path_importer_cache.clear()
