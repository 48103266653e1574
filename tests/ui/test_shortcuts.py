"""The shortcuts give the answers of what they stand for, and fail here when the internals move."""

import functools
from collections.abc import Callable
from typing import Any

import pytest
from nicegui import helpers, observables, ui
from socketio.packet import EVENT, Packet

from app.ui import shortcuts


class Thing:
    def method(self) -> None: ...

    def asking(self, what: int) -> None: ...

    def __call__(self, what: int) -> None: ...


def takes(one: int) -> None: ...


def wrapped(*args: object, **kwargs: object) -> None: ...


CALLABLES: list[Callable[..., Any]] = [
    lambda: None,
    lambda one: one,
    lambda one=1: one,
    lambda *all_of_it: all_of_it,
    lambda *, one: one,
    lambda *, one=1: one,
    lambda **named: named,
    Thing().method,
    Thing().asking,
    Thing.asking,
    Thing(),
    takes,
    functools.partial(takes, 1),
    functools.partial(takes),
    functools.wraps(takes)(wrapped),
    print,
    ui.label.set_text,
]


@pytest.mark.parametrize("func", CALLABLES, ids=str)
def test_whether_a_handler_expects_arguments_is_answered_as_nicegui_does(func: Callable[..., Any]) -> None:
    for _ in range(2):
        assert shortcuts.expects_arguments(func) == shortcuts._asks(func)


def test_functions_of_one_code_with_other_defaults_are_told_apart() -> None:
    def made(*defaults: int) -> Callable[..., Any]:
        def func(one: int) -> None: ...

        func.__defaults__ = defaults
        return func

    assert [shortcuts.expects_arguments(made(*defaults)) for defaults in ((), (1,), ())] == [True, False, True]


def test_nicegui_still_asks_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def note(func: object) -> bool:
        asked.append(func)
        return False

    monkeypatch.setattr(helpers, "expects_arguments", note)
    observables.ObservableDict(on_change=lambda: None)
    assert len(asked) == 1


def test_a_message_without_bytes_is_packed_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    message = ["update", {"4": {"text": "Hello", "children": [1, 2], "props": {"x": None, "y": 1.5}}}]
    asked: list[object] = []

    def note(_: object, data: object) -> bool:
        asked.append(data)
        return False

    monkeypatch.setattr(Packet, "data_is_binary", classmethod(note))
    as_it_was = Packet(EVENT, data=message, namespace="/").encode()
    assert asked, "Socket.IO does not ask there any more"
    shortcuts.take()
    assert Packet(EVENT, data=message, namespace="/").encode() == as_it_was
