"""uvicorn goes on answering who has gone until it is told, a turn later, and writes a traceback into the log for what
could not be sent. Of requests that came one behind the other the last alone is told at all. And it sends chunks to who
speaks HTTP/1.0, which has none (RFC 9112, 6.1): a proxy that does is told lengths between the bytes of a file.

Without it anybody can fill the log: this one is required.
"""

from typing import Any

from uvicorn.protocols.http import httptools_impl

TOUCHES = (
    "uvicorn.protocols.http.httptools_impl:RequestResponseCycle.__init__ -> transport",
    "uvicorn.protocols.http.httptools_impl:RequestResponseCycle.send -> disconnected",
    "uvicorn.protocols.http.httptools_impl:RequestResponseCycle.run_asgi -> disconnected",
    "uvicorn.protocols.http.httptools_impl:RequestResponseCycle.send(self, message)",
    "uvicorn.protocols.http.httptools_impl:RequestResponseCycle.send -> chunked_encoding",
    "uvicorn.protocols.http.httptools_impl:RequestResponseCycle.send -> expected_content_length",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_headers_complete -> RequestResponseCycle",
)


def apply() -> None:
    """Put it in the place of uvicorn's."""
    httptools_impl.RequestResponseCycle = Answer  # type: ignore[misc]


class Answer(httptools_impl.RequestResponseCycle):
    """uvicorn's request and its answer, which nobody waits for once the connection closes."""

    _is_told = _ends_with_connection = False

    @property
    def disconnected(self) -> bool:
        """Whether nothing more is sent."""
        return self._is_told or self.transport.is_closing()

    @disconnected.setter
    def disconnected(self, told: bool) -> None:
        self._is_told = told

    async def send(self, message: Any) -> None:
        """uvicorn's; an answer of which the length is not known ends with the connection for who knows no chunks."""
        if message["type"] == "http.response.start" and self.scope["http_version"] == "1.0":
            names = {name.lower() for name, _ in message.get("headers", [])}
            self._ends_with_connection = b"content-length" not in names
            if self._ends_with_connection:
                self.chunked_encoding = False
        elif self._ends_with_connection:
            self.expected_content_length = len(message.get("body", b""))
        await super().send(message)
