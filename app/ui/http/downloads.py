"""Downloads: receipts as JSON that proves and as PDF that reads, and all that is held about a person."""

import json
from collections.abc import Callable
from datetime import datetime

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from nicegui import app

from app.domain.kinds import Status
from app.domain.refusals import Reason, Refusal
from app.service.privacy import Privacy
from app.service.receipts import Receipts
from app.service.trades import normalise_code
from app.ui.http.requests import IS_HEAD, head_of, viewer_of, zone_of
from app.ui.http.workshop import Workshop, WorkshopError

_TO_PDF = "app.ui.http.receipt_pdf"
_ALSO_JSON = "The JSON receipt has everything too."
_TYPES = {"json": "application/json", "pdf": "application/pdf"}
_STATUS = {Reason.TOO_OFTEN: 429}


def register(receipts: Receipts, privacy: Privacy, workshop: Workshop, now: Callable[[], datetime]) -> None:
    """Serve the downloads and the key to check them with. `now` is the database's clock."""
    _register_receipts(receipts, workshop, now)

    @app.get("/account/data.json")
    async def data(request: Request) -> Response:
        headers = {"Content-Disposition": 'attachment; filename="traderoom-data.json"'}
        if IS_HEAD in request.scope:
            return head_of("application/json", headers)
        try:
            document = await privacy.export(viewer_of(request))
        except Refusal as refusal:
            return _refused(refusal)
        return StreamingResponse(document, media_type="application/json", headers=headers)

    @app.get("/_nicegui/{path:path}")
    def no_file(path: str) -> Response:  # noqa: ARG001 - whatever it is: NiceGUI's own addresses come first
        return PlainTextResponse("Nothing here", 404)

    @app.get("/receipt-key")
    def receipt_key() -> Response:
        return PlainTextResponse(receipts.public_key + "\n")


def _register_receipts(receipts: Receipts, workshop: Workshop, now: Callable[[], datetime]) -> None:
    @app.get("/room/{code}/receipt.{kind}")
    async def receipt(request: Request, code: str, kind: str) -> Response:
        viewer = viewer_of(request)
        if kind not in _TYPES:
            return PlainTextResponse("Nothing here", 404)
        code = normalise_code(code)
        try:
            if IS_HEAD in request.scope:  # nothing is made, counted or written down
                trade = await receipts.find(viewer, code)
                return head_of(_TYPES[kind], _attached(trade.status, trade.id, kind))
            document = await receipts.issue(viewer, code, now())
            content = json.dumps(document, ensure_ascii=False, indent=2).encode()
            if kind == "pdf":
                content = await workshop.make(viewer.person.id, _TO_PDF, zone_of(viewer).key, material=content)
        except (Refusal, WorkshopError) as error:
            return _refused(error)
        about = document["trade"]
        return Response(content, media_type=_TYPES[kind], headers=_attached(Status(about["status"]), about["id"], kind))


def _refused(error: Refusal | WorkshopError) -> Response:
    """Why there is no file, or none now."""
    if isinstance(error, Refusal):
        return PlainTextResponse(str(error), _STATUS.get(error.reason, 404))
    wait = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return PlainTextResponse(f"{error} {_ALSO_JSON}", error.status, wait)


def _attached(status: Status, trade_id: int, kind: str) -> dict[str, str]:
    """The header by which a receipt becomes a file."""
    return {"Content-Disposition": f'attachment; filename="traderoom-{status.document}-{trade_id}.{kind}"'}
