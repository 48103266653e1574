"""A receipt comes as a file, in the reader's own time, and with a sentence where it cannot come now."""

import pytest
from limits import parse
from nicegui import core

from app import security_log
from app.ui.http.workshop import Workshop, WorkshopError
from tests.proof.pdf_text import text_of
from tests.ui.browser import Browser


@pytest.fixture
async def pdf(sam: Browser, bea: Browser) -> str:
    """Where the receipt of a closed trade is."""
    trade = await sam.offer("Oak table 木のテーブル")
    negotiation = bea.application.negotiation
    await negotiation.join(await bea.viewer(), trade.id, trade.code)
    await negotiation.reject(await bea.viewer(), trade.id, 1, "too dear")
    return f"/room/{trade.code}/receipt.pdf"


async def test_the_pdf_is_a_file_in_the_reader_s_own_time(pdf: str, bea: Browser) -> None:
    bea.lives_in("Asia/Kolkata")
    answer = await bea.get(pdf)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith('attachment; filename="traderoom-record-')  # not agreed
    assert answer.headers["content-disposition"].endswith('.pdf"')
    text = text_of(answer.content)
    assert "Times are in Asia/Kolkata and in UTC." in text
    assert "Bea rejected the deal" in text
    assert "木のテーブル" in text


@pytest.mark.parametrize(("status", "wait"), [(429, 5), (503, 10), (503, None)])
async def test_one_that_cannot_be_made_now_has_a_sentence(
    pdf: str, bea: Browser, monkeypatch: pytest.MonkeyPatch, status: int, wait: int | None
) -> None:
    make = Workshop.make

    async def refuse(workshop: Workshop, module: str, *arguments: str, material: bytes) -> bytes:
        if module.endswith("pdf"):
            raise WorkshopError("Not now.", status, wait)
        return await make(workshop, module, *arguments, material=material)

    monkeypatch.setattr(Workshop, "make", refuse)
    answer = await bea.get(pdf)
    assert answer.status_code == status
    assert answer.text == "Not now. The JSON file has everything too."
    assert answer.headers.get("retry-after") == (str(wait) if wait else None)
    assert (await bea.get(pdf.replace(".pdf", ".json"))).status_code == 200


@pytest.mark.parametrize("kind", ["pdf", "json"])
async def test_nothing_is_read_before_the_person_s_place_is_taken(
    pdf: str, bea: Browser, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(bea.application.history, "by_code", None)
    with bea.application.workshop._in_line((await bea.person()).id):
        answer = await bea.get(pdf.replace("pdf", kind))
    assert answer.status_code == 429
    assert answer.text.startswith("The one that you asked for before is still being made.")
    assert ("JSON" in answer.text) == (kind == "pdf")


async def test_the_second_at_the_same_time_is_asked_to_wait(pdf: str, bea: Browser) -> None:
    with bea.application.workshop._in_line((await bea.person()).id):
        assert (await bea.get(pdf)).status_code == 429
    assert (await bea.get(pdf)).status_code == 200


async def test_whoever_asks_for_the_head_alone_gets_it_without_effects(
    pdf: str, bea: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is typeset, counted or written down, and no line is opened."""
    monkeypatch.setitem(bea.application._limits._rates, "exports", parse("4/minute"))
    caplog.set_level("INFO", security_log.NAME)
    room = pdf.rpartition("/")[0]
    paths = [pdf, f"{room}/receipt.json", f"{room}/print", "/account/data.json"]
    heads = {path: await bea.http.head(path) for path in paths * 3}
    assert "exported" not in caplog.text
    for path, head in heads.items():
        answer = await bea.get(path)
        assert (path, head.status_code, head.content) == (path, answer.status_code, b"") == (path, 200, b"")
        for name in ("content-type", "content-disposition", "cache-control"):
            assert head.headers.get(name) == answer.headers.get(name)
    assert (await bea.http.head(f"{room}/receipt.exe")).status_code == 404
    lines = dict(core.sio.eio.sockets)
    for path in ("/_nicegui_ws/socket.io/", "/_nicegui_ws/socket.io/?EIO=4&transport=polling"):
        answer = await bea.http.head(path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert core.sio.eio.sockets == lines
