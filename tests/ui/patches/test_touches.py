"""What reaches into a library is one of the patches, and each of them lists all that it reaches for."""

import ast
import asyncio
import hashlib
import inspect
import logging
import re
import sys
from collections import deque
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import app
from app import patches
from app.capacity import Turns
from app.patches.budget import Budget
from app.patches.connections import Connections
from app.patches.watched import Watched
from tests.syntax import tree_of
from tests.ui.patches.renaming import LIBRARIES

APP = Path(app.__file__).parent
DOCUMENTED = set(
    "background_tasks.create ui.notify app.config app.on_connect app.on_delete client.id client.request element.client"
    " element.id element.is_deleted element.is_ignoring_events json.dumps json.loads exceptions.ConnectionRefusedError"
    " navigate.reload sio.disconnect sio.emit sio.get_environ sio.on sio.rooms request.cookies request.headers"
    " request.scope request.state request.url response.status_code url.path templates.env"
    " loader.get_source".replace(".", " ").split()
)
"""Names that the libraries document, each after what has it."""
PYTHON = set().union(
    *map(dir, (str, bytes, list, dict, property, Path, re.Match, re.Pattern, logging.Logger, deque)),
    *map(dir, (Budget, Connections, Turns, Watched)),
    Watched.__annotations__,
    *map(dir, (asyncio.AbstractEventLoop, asyncio.Event, asyncio.Queue, asyncio.TimerHandle, asyncio.Transport)),
    dir(hashlib.sha256()),
)
"""Names that everything has."""


def defined_in(tree: ast.AST) -> set[str]:
    """Names that a module, or a class, gives to something."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
            case ast.Name(ctx=ast.Store()):
                found.add(node.id)
            case ast.Attribute(value=ast.Name("self"), ctx=ast.Store()):
                found.add(node.attr)
    return found


def is_private(name: str) -> bool:
    """Whether a name is nobody else's business."""
    return name.startswith("_") and not name.startswith("__")


@pytest.mark.parametrize("name", [*patches.REQUIRED, *patches.SPEED])
def test_what_a_patch_touches_is_on_its_list(name: str) -> None:
    """What is neither Python's nor ours nor documented, and what is replaced: or nobody would look for it."""
    module = import_module(f"app.patches.{name}")
    listed, tree = " ".join(module.TOUCHES), tree_of(inspect.getsource(module))
    known = DOCUMENTED | PYTHON | defined_in(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr.startswith("__"):
            continue
        owner = ast.unparse(node.value)
        whose = getattr(module, owner, None)
        if isinstance(whose, ModuleType) and whose.__name__.partition(".")[0] in {"app", *sys.stdlib_module_names}:
            continue
        is_others = owner not in {"self", "cls", "ticks"}
        is_replaced = is_others and isinstance(node.ctx, ast.Store)
        if node.attr not in known or is_replaced or (is_others and is_private(node.attr)):
            assert re.search(rf"\b{node.attr}\b", listed), f"{name}: {ast.unparse(node)}"


def test_every_patch_stands_in_the_documents() -> None:
    told = (APP.parent / "docs" / "architecture.md").read_text()
    assert [name for name in (*patches.REQUIRED, *patches.SPEED) if f"`{name}`" not in told] == []


@pytest.mark.parametrize("name", [*patches.REQUIRED, *patches.SPEED])
def test_each_says_what_happens_without_it_and_the_optional_what_they_bring(name: str) -> None:
    told = import_module(f"app.patches.{name}").__doc__ or ""
    assert "Without it" in " ".join(told.split())
    assert ("required" if name in patches.REQUIRED else "Brings: ") in told


def test_nobody_else_uses_a_private_name_of_a_library_s() -> None:
    trees = {path: tree_of(path.read_text()) for path in APP.rglob("*.py") if path.parent.name != "patches"}
    ours = set().union(*map(defined_in, trees.values()))
    found = [
        f"{path.relative_to(APP)}:{node.lineno}: {ast.unparse(node)}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and is_private(node.attr) and node.attr not in ours
    ]
    assert found == []


def test_nobody_else_replaces_what_a_class_of_a_library_s_has() -> None:
    """A method that is called otherwise in its next release would be one of ours that nobody calls."""
    found = []
    for path in APP.rglob("*.py"):
        classes = [node for node in tree_of(path.read_text()).body if isinstance(node, ast.ClassDef) and node.bases]
        if path.parent.name == "patches" or not classes:
            continue
        module = import_module(".".join(path.relative_to(APP.parent).with_suffix("").parts).removesuffix(".__init__"))
        for node in classes:
            bases = [base for base in getattr(module, node.name).__mro__ if base.__module__.split(".")[0] in LIBRARIES]
            found += [
                f"{node.name}.{method.name}"
                for method in node.body
                if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
                and not method.name.startswith("__")
                and method.name not in DOCUMENTED
                and any(method.name in vars(base) for base in bases)
            ]
    assert found == []
