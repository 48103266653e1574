"""Two shortcuts through the libraries under us, taken because the profile names them.

NiceGUI asks for the signature of the same few handlers three times for each element it makes, and Socket.IO looks
through every message for bytes, of which we send none. `tests/ui/test_shortcuts.py` fails when these internals move.
"""

from collections.abc import Callable
from typing import Any

from nicegui import helpers
from socketio.packet import Packet

_asks = helpers.expects_arguments
_answers: dict[tuple[object, ...], bool] = {}


def take() -> None:
    """Put the shortcuts in place."""
    helpers.expects_arguments = expects_arguments
    Packet.data_is_binary = classmethod(lambda _, __: False)


def expects_arguments(func: Callable[..., Any]) -> bool:
    """NiceGUI's answer, remembered for functions of the same code."""
    its = getattr(func, "__func__", func)
    code = getattr(its, "__code__", None)
    if code is None or hasattr(its, "__wrapped__") or hasattr(its, "__signature__"):
        return _asks(func)
    key = (code, len(its.__defaults__ or ()), len(its.__kwdefaults__ or ()), its is func)
    answer = _answers.get(key)
    if answer is None:
        answer = _answers[key] = _asks(func)
    return answer
