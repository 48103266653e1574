"""Looking before reaching: whether what a patch touches is there, in the shape and the version it was tested with.

An internal is written as one text:

- ``module:Class.name``: it is there.
- ``module:Class.name(first, second)``: it is there, and takes exactly these parameters.
- ``module:Class.method -> name``: the method's code uses an attribute of this name, which only instances have.
- ``module:function -> 'word'``: the function's code uses this constant.
"""

import inspect
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import CodeType
from typing import Any

TESTED = {
    "nicegui": ("nicegui", "3.18"),
    "socketio": ("python-socketio", "5.18"),
    "engineio": ("python-engineio", "4.15"),
    "starlette": ("starlette", "1.10"),
    "uvicorn": ("uvicorn", "0.54"),
}
"""For each module: its distribution, and the minor version that the patches were tested with, which is the lock's."""


class Missing(Exception):  # noqa: N818 - what is missing is no error of ours
    """An internal is not there, or has another shape; the text says which."""


def look(touches: Iterable[str]) -> None:
    """Raises `Missing` for the first internal that is not as it was tested."""
    for touch in touches:
        _look(touch)


def untested(touches: Iterable[str]) -> str:
    """The library, of those that are touched, whose minor version is not the tested one; empty when there is none."""
    for module in sorted({touch.partition(":")[0].partition(".")[0] for touch in touches}):
        distribution, tested = TESTED[module]
        try:
            found = version(distribution)
        except PackageNotFoundError:
            return f"{distribution} is not installed"
        if found.split(".")[:2] != tested.split("."):
            return f"{distribution} {found} was not tested, {tested} was"
    return ""


def _look(touch: str) -> None:
    path, _, inner = (part.strip() for part in touch.partition("->"))
    path, _, parameters = path.partition("(")
    found = _resolve(path)
    if inner:
        used = _texts(found) if inner.startswith("'") else _names(found)
        if inner.strip("'") not in used:
            raise Missing(f"{path} uses no {inner} any more")
    elif parameters:
        if not callable(found):
            raise Missing(f"{touch} is no function any more")
        takes = list(inspect.signature(found).parameters)
        if takes != [name.strip() for name in parameters.rstrip(")").split(",") if name.strip()]:
            raise Missing(f"{path} takes other parameters: {', '.join(takes)}")


def _resolve(path: str) -> Any:
    module, _, names = path.partition(":")
    try:
        found: Any = import_module(module)
        for name in names.split("."):
            found = inspect.getattr_static(found, name)
            found = getattr(found, "__func__", found)
            found = found.fget if isinstance(found, property) else found
    except (ImportError, AttributeError):
        raise Missing(f"there is no {path} any more") from None
    return found


def _code_of(function: Any) -> Iterator[CodeType]:
    """A function's code, and that of the functions inside it."""
    waiting = [getattr(inspect.unwrap(function), "__code__", None)]
    while waiting:
        code = waiting.pop()
        if isinstance(code, CodeType):
            yield code
            waiting += code.co_consts


def _names(function: Any) -> set[str]:
    return {name for code in _code_of(function) for name in code.co_names}


def _texts(function: Any) -> set[object]:
    found: set[object] = set()
    for code in _code_of(function):
        for constant in code.co_consts:
            found |= set(constant) if isinstance(constant, tuple) else {constant}  # a tuple: the keys of a dictionary
    return found
