"""Downloads: receipts as JSON that proves and as PDF that reads, and all that is held about a person."""

import asyncio
import json

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from nicegui import app

from app.domain.refusals import Reason, Refusal
from app.service.trades import normalise_code
from app.ui.site import Site, viewer_of

_STATUS = {Reason.TOO_OFTEN: 429}


def register(site: Site) -> None:
    """Serve the downloads and the key to check them with."""

    @app.get("/room/{code}/receipt.{kind}")
    async def receipt(request: Request, code: str, kind: str) -> Response:
        try:
            document = await site.receipts.issue(viewer_of(request), normalise_code(code), site.now())
        except Refusal as refusal:
            return PlainTextResponse(str(refusal), _STATUS.get(refusal.reason, 404))
        name = f"traderoom-receipt-{document['trade']['id']}.{kind}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        if kind == "json":
            text = json.dumps(document, ensure_ascii=False, indent=2)
            return Response(text, media_type="application/json", headers=headers)
        if kind == "pdf":
            # Imported here, for it costs every start and command half a second.
            from app.ui.receipt_pdf import render  # noqa: PLC0415

            return Response(await asyncio.to_thread(render, document), media_type="application/pdf", headers=headers)
        return PlainTextResponse("Nothing here", 404)

    @app.get("/account/data.json")
    async def data(request: Request) -> Response:
        try:
            document = await site.privacy.export(viewer_of(request))
        except Refusal as refusal:
            return PlainTextResponse(str(refusal), _STATUS.get(refusal.reason, 404))
        headers = {"Content-Disposition": 'attachment; filename="traderoom-data.json"'}
        return StreamingResponse(document, media_type="application/json", headers=headers)

    @app.get("/_nicegui/{path:path}")
    def no_file(path: str) -> Response:  # noqa: ARG001 - whatever it is: NiceGUI's own addresses come first
        return PlainTextResponse("Nothing here", 404)

    @app.get("/receipt-key")
    def receipt_key() -> Response:
        return PlainTextResponse(site.receipts.public_key + "\n")
