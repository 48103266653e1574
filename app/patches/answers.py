"""uvicorn goes on answering who has gone until it is told, a turn later, and writes a traceback into the log for what
could not be sent. Of requests that came one behind the other the last alone is told at all.

Without it anybody can fill the log: this one is required.
"""

from uvicorn.protocols.http import httptools_impl

TOUCHES = (
    "uvicorn.protocols.http.httptools_impl:RequestResponseCycle.__init__ -> transport",
    "uvicorn.protocols.http.httptools_impl:RequestResponseCycle.send -> disconnected",
    "uvicorn.protocols.http.httptools_impl:RequestResponseCycle.run_asgi -> disconnected",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_headers_complete -> RequestResponseCycle",
)


def apply() -> None:
    """Put it in the place of uvicorn's."""
    httptools_impl.RequestResponseCycle = Answer  # type: ignore[misc]


class Answer(httptools_impl.RequestResponseCycle):
    """uvicorn's request and its answer, which nobody waits for once the connection closes."""

    _is_told = False

    @property
    def disconnected(self) -> bool:
        """Whether nothing more is sent."""
        return self._is_told or self.transport.is_closing()

    @disconnected.setter
    def disconnected(self, told: bool) -> None:
        self._is_told = told
