"""Headers that every answer has, whoever gives it: the site, a worker that tells its health, or the server itself."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ON_EVERY_ANSWER = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Unless an answer has its own: pages their policy, files how long they may be kept."""


def on_every_answer(*, https: bool) -> dict[str, str]:
    """The headers, by their names."""
    return _ON_EVERY_ANSWER | ({"Strict-Transport-Security": "max-age=31536000"} if https else {})


def with_headers(send: Send, *, https: bool) -> Send:
    """Give every answer, whatever it is, the headers that all have."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in on_every_answer(https=https).items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers


def protected(app: ASGIApp, *, https: bool) -> ASGIApp:
    """An application whose answers have them."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, with_headers(send, https=https))

    return serve
