"""All script that the browser gets stands in one package, each script a named function with its reason."""

import ast
import inspect
import re
from pathlib import Path

from app.ui import browser
from app.ui.browser import connected, days, forms, keyboard, notifications, theme, typed, visibility
from tests.syntax import tree_of

APP = Path(browser.__file__).parents[2]
MODULES = (browser, connected, days, forms, keyboard, notifications, theme, typed, visibility)
HERE = Path(browser.__file__).parent
NAMES = tuple(f"{module.__name__.rpartition('.')[2]}." for module in MODULES)
SCRIPT = re.compile(r"=>|\bdocument\.\w|\bwindow\.\w|<script(?!\b.*nonce)|\bfunction\s*\(|getElement\(|emitEvent\(")
"""What script looks like in a text."""
ELSEWHERE = {("http", "middleware.py"): {"<script"}, ("ui", "assets.py"): {"<script"}}
"""The tag alone: the middleware gives each script of a page its nonce, the assets name the file of ours."""


def texts(tree: ast.AST) -> list[ast.Constant]:
    """The texts of a module that are not its documentation."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    documentation |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in documentation
    ]


def test_no_other_module_contains_script() -> None:
    found = []
    for path in APP.rglob("*.py"):
        if path.parent == HERE:
            continue
        allowed = ELSEWHERE.get((path.parent.name, path.name), set())
        for node in texts(tree_of(path.read_text())):
            text = node.value.decode(errors="replace") if isinstance(node.value, bytes) else str(node.value)
            if (match := SCRIPT.search(text)) and match[0] not in allowed and not text.startswith("SELECT"):
                found.append(f"{path.relative_to(APP)}:{node.lineno}: {match[0]}")
    assert found == []


def test_what_is_run_in_the_browser_is_a_named_function_of_these_modules() -> None:
    for path in APP.rglob("*.py"):
        for node in ast.walk(tree_of(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            scripts = [keyword.value for keyword in node.keywords if keyword.arg == "js_handler"]
            if isinstance(node.func, ast.Attribute) and node.func.attr == "run_javascript":
                scripts += node.args[:1]
            for script in scripts:
                assert ast.unparse(script).startswith(NAMES), f"{path.relative_to(APP)}:{node.lineno}"


def test_each_function_says_why() -> None:
    assert {Path(inspect.getfile(module)) for module in MODULES} == set(HERE.glob("*.py"))
    functions = [each for module in MODULES for each in inspect.getmembers(module, inspect.isfunction)]
    assert functions
    for name, function in functions:
        assert len(inspect.getdoc(function) or "") > 40, name
