"""NiceGUI asks for the signature of the same few handlers three times for each element it makes; here the answer is
remembered.

Brings: 0.3 µs instead of 6 for each question, of which an element asks three. Without it: slower, nothing else.
"""

from collections.abc import Callable
from typing import Any

from nicegui import helpers

TOUCHES = ("nicegui.helpers:expects_arguments(func)",)
_asks = helpers.expects_arguments
_answers: dict[tuple[object, ...], bool] = {}


def apply() -> None:
    """Put it in the place of NiceGUI's."""
    helpers.expects_arguments = expects_arguments


def expects_arguments(func: Callable[..., Any]) -> bool:
    """NiceGUI's answer, remembered for functions of the same code."""
    plain = getattr(func, "__func__", func)
    code = getattr(plain, "__code__", None)
    if code is None or hasattr(plain, "__wrapped__") or hasattr(plain, "__signature__"):
        return _asks(func)
    key = (code, len(plain.__defaults__ or ()), len(plain.__kwdefaults__ or ()), plain is func)
    answer = _answers.get(key)
    if answer is None:
        answer = _answers[key] = _asks(func)
    return answer
