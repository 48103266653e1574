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
from app.ui.http.requests import viewer_of, zone_of
from app.ui.http.workshop import Workshop, WorkshopError

_TO_PDF = "app.ui.http.receipt_pdf"
_ALSO_JSON = "The JSON receipt has everything too."
_STATUS = {Reason.TOO_OFTEN: 429}


def register(receipts: Receipts, privacy: Privacy, workshop: Workshop, now: Callable[[], datetime]) -> None:
    """Serve the downloads and the key to check them with. `now` is the database's clock."""

    @app.get("/room/{code}/receipt.{kind}")
    async def receipt(request: Request, code: str, kind: str) -> Response:
        viewer = viewer_of(request)
        try:
            document = await receipts.issue(viewer, normalise_code(code), now())
        except Refusal as refusal:
            return PlainTextResponse(str(refusal), _STATUS.get(refusal.reason, 404))
        trade = document["trade"]
        name = f"traderoom-{Status(trade['status']).document}-{trade['id']}.{kind}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        if kind == "json":
            text = json.dumps(document, ensure_ascii=False, indent=2)
            return Response(text, media_type="application/json", headers=headers)
        if kind == "pdf":
            try:
                material = json.dumps(document).encode()
                pdf = await workshop.make(viewer.person.id, _TO_PDF, zone_of(viewer).key, material=material)
            except WorkshopError as error:
                wait = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
                return PlainTextResponse(f"{error} {_ALSO_JSON}", error.status, wait)
            return Response(pdf, media_type="application/pdf", headers=headers)
        return PlainTextResponse("Nothing here", 404)

    @app.get("/account/data.json")
    async def data(request: Request) -> Response:
        try:
            document = await privacy.export(viewer_of(request))
        except Refusal as refusal:
            return PlainTextResponse(str(refusal), _STATUS.get(refusal.reason, 404))
        headers = {"Content-Disposition": 'attachment; filename="traderoom-data.json"'}
        return StreamingResponse(document, media_type="application/json", headers=headers)

    @app.get("/_nicegui/{path:path}")
    def no_file(path: str) -> Response:  # noqa: ARG001 - whatever it is: NiceGUI's own addresses come first
        return PlainTextResponse("Nothing here", 404)

    @app.get("/receipt-key")
    def receipt_key() -> Response:
        return PlainTextResponse(receipts.public_key + "\n")
