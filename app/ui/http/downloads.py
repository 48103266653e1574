"""Downloads: receipts as JSON that proves and as PDF that reads, and all that is held about a person."""

from collections.abc import Callable
from datetime import datetime

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from nicegui import app

from app.capacity import CapacityLimiter, in_turns
from app.domain.refusals import Reason, Refusal
from app.domain.trade import Trade
from app.service.privacy import Privacy
from app.service.receipts import Receipts
from app.service.trades import normalise_code
from app.ui.http.requests import IS_HEAD, head_of, viewer_of, zone_of
from app.ui.http.workshop import Workshop, WorkshopError

_TO_JSON, _TO_PDF = "app.ui.http.receipt_json", "app.ui.http.receipt_pdf"
_MEDIA = {"json": "application/json", "pdf": "application/pdf"}
_ALSO_JSON = "The JSON file has everything too."
_STATUS = {Reason.TOO_OFTEN: 429, Reason.TOO_LONG: 422}


def register(
    receipts: Receipts, privacy: Privacy, workshop: Workshop, exports: CapacityLimiter, now: Callable[[], datetime]
) -> None:
    """Serve the downloads and the key to check them with. `now` is the database's clock."""
    _register_receipts(receipts, workshop, now)

    @app.get("/account/data.json")
    async def data(request: Request) -> Response:
        headers = {"Content-Disposition": 'attachment; filename="traderoom-data.json"'}
        if IS_HEAD in request.scope:
            return head_of("application/json", headers)
        viewer = viewer_of(request)
        try:
            document = await privacy.export(viewer)
        except Refusal as refusal:
            return _refused(refusal)
        pieces = in_turns(document, lambda: exports.place(viewer.person.id))
        return StreamingResponse(pieces, media_type="application/json", headers=headers)

    @app.get("/_nicegui/{path:path}")
    def no_file(path: str) -> Response:  # noqa: ARG001 - whatever it is: NiceGUI's own addresses come first
        return PlainTextResponse("Nothing here", 404)

    @app.get("/receipt-key")
    def receipt_key() -> Response:
        return PlainTextResponse(receipts.public_key + "\n")


def _register_receipts(receipts: Receipts, workshop: Workshop, now: Callable[[], datetime]) -> None:
    @app.get("/room/{code}/receipt.{kind}")
    async def receipt(request: Request, code: str, kind: str) -> Response:
        if kind not in _MEDIA:
            return PlainTextResponse("Nothing here", 404)
        viewer, code = viewer_of(request), normalise_code(code)
        try:
            if IS_HEAD in request.scope:  # nothing is made, counted or written down
                trade = await receipts.find(viewer, code)
                return head_of(_MEDIA[kind], _attached(trade, kind))
            async with workshop.place(viewer.person.id):
                trade = await receipts.check(viewer, code)
                made = await workshop.make(_TO_JSON, material=receipts.parts(trade, now()))
                if kind == "pdf":
                    made = await workshop.make(_TO_PDF, zone_of(viewer).key, material=made)
        except Refusal as refusal:
            return _refused(refusal)
        except WorkshopError as error:
            wait = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
            return PlainTextResponse(f"{error} {_ALSO_JSON}" if kind == "pdf" else str(error), error.status, wait)
        return Response(made, media_type=_MEDIA[kind], headers=_attached(trade, kind))


def _refused(refusal: Refusal) -> Response:
    """Why there is no file, or none now."""
    return PlainTextResponse(str(refusal), _STATUS.get(refusal.reason, 404))


def _attached(trade: Trade, kind: str) -> dict[str, str]:
    """The header by which a receipt becomes a file."""
    return {"Content-Disposition": f'attachment; filename="traderoom-{trade.status.document}-{trade.id}.{kind}"'}
