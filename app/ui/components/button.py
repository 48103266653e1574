"""A button."""

from collections.abc import Awaitable, Callable

from nicegui.element import Element


class Button(Element):
    """Quasar's button, as `ui.button` has it in the browser.

    On the server that one is five classes on top of each other, each with properties that others can be bound to; ours
    are pressed and shut, no more, for half the work.
    """

    def __init__(self, text: str = "", on_click: Callable[[], Awaitable[None] | None] | None = None) -> None:
        super().__init__("q-btn")
        self.props["label"] = text
        if on_click is not None:
            self.on("click", on_click, [])

    @property
    def text(self) -> str:
        """What stands on it."""
        return str(self.props["label"])

    @text.setter
    def text(self, text: str) -> None:
        if text != self.props["label"]:
            self.props["label"] = text

    @property
    def enabled(self) -> bool:
        """Whether it can be pressed: not while it is shut or busy."""
        return not (self.props.get("disable") or self.is_busy)

    @enabled.setter
    def enabled(self, enabled: bool) -> None:
        if enabled != self.enabled:
            self.props["disable"] = not enabled

    @property
    def is_busy(self) -> bool:
        """Whether the answer to a press is still to come. It keeps the focus meanwhile, as a disabled one would not."""
        return bool(self.props.get("loading"))

    @is_busy.setter
    def is_busy(self, busy: bool) -> None:
        self.props("loading aria-disabled=true") if busy else self.props(remove="loading aria-disabled")

    @property
    def is_ignoring_events(self) -> bool:
        """Whether a press is not heard, whatever a browser sends."""
        return super().is_ignoring_events or not self.enabled
