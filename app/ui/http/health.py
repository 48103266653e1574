"""``/healthz`` and ``/readyz``: what whoever watches over the processes asks, under any host name or none."""

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

PATHS = frozenset({"/healthz", "/readyz"})


def routes(health: Callable[[], dict[str, bool]], left_out: Mapping[str, str]) -> list[Route]:
    """The two routes. `health` says by name what works; `left_out` names patches, which are no reason for a 503."""

    def healthz(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    def readyz(_: Request) -> JSONResponse:
        works = health()
        # Whatever works is said to be true; what was left out is named, and is no reason not to be ready.
        told = {**works, "patches_left_out": dict(left_out)} if left_out else works
        return JSONResponse(told, 200 if all(works.values()) else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]
