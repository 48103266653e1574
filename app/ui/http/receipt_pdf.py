"""A receipt as a PDF that a person reads."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import fontpkg_noto_sans
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from app.domain.kinds import KINDS, Kind, Role, Status, VersionUse
from app.ui.components.wording import money, number

_FONT = Path(fontpkg_noto_sans.ROOT) / "files" / "NotoSans[wdth,wght].ttf"


def render(receipt: dict[str, Any]) -> bytes:
    """The PDF's bytes. Times are UTC, as in the signed document."""
    pdf = FPDF(format="A4")
    pdf.add_font("Noto", "", _FONT)
    pdf.set_font("Noto", size=10)
    pdf.set_title(f"Receipt: {receipt['trade']['title']}")
    pdf.set_auto_page_break(auto=True, margin=20)
    pdf.add_page()
    _summary(pdf, receipt)
    _trail(pdf, receipt)
    _proof(pdf, receipt)
    return bytes(pdf.output())


def _summary(pdf: FPDF, receipt: dict[str, Any]) -> None:
    trade = receipt["trade"]
    _line(pdf, "Traderoom receipt", size=10, grey=True)
    _line(pdf, trade["title"], size=20)
    _line(pdf, f"{Status(trade['status']).word}, {_time(trade['closed_at'])}", size=12)
    pdf.ln(4)
    for role in Role:
        names = [party["name"] for party in receipt["parties"].values() if party["role"] == role]
        _pair(pdf, role.word, names[0] if names else "nobody joined")
    _pair(pdf, "Price per unit", money(Decimal(trade["price"])))
    _pair(pdf, "Quantity", number(trade["quantity"]))
    _pair(pdf, "Total", money(Decimal(trade["total"])))
    _pair(pdf, "Version", str(trade["version"]))
    _pair(pdf, "Deadline", _time(trade["deadline"]))
    if trade["description"]:
        _pair(pdf, "Description", trade["description"])
    pdf.ln(6)


def _trail(pdf: FPDF, receipt: dict[str, Any]) -> None:
    _line(pdf, "What happened", size=14)
    for entry in receipt["actions"]:
        body = entry["body"]
        party = receipt["parties"].get(str(body["actor"]))
        kind = Kind(body["kind"])
        words = KINDS[kind].words.format(who=party["name"] if party else "", version=body["version"])
        if KINDS[kind].version is VersionUse.MAKES:
            price, total = Decimal(body["price"]), Decimal(body["price"]) * body["quantity"]
            words += f": version {body['version']}, {money(price)} × {number(body['quantity'])} = {money(total)}"
        _line(pdf, f"{entry['seq']}   {_time(entry['at'])}", grey=True, size=8)
        _line(pdf, words)
        if body["text"]:
            _line(pdf, f"“{body['text']}”")
        pdf.ln(1)
    pdf.ln(4)


def _proof(pdf: FPDF, receipt: dict[str, Any]) -> None:
    _line(pdf, "Proof", size=14)
    _line(pdf, "This page is for reading. What proves it is the JSON receipt of the same trade: it is signed, and")
    _line(pdf, "python main.py verify receipt.json --key KEY")
    _line(pdf, "checks it without any server.")
    _pair(pdf, "Last link of the chain", receipt["actions"][-1]["hash"])
    _pair(pdf, "Key", receipt["signature"]["public_key"])
    _pair(pdf, "Signature", receipt["signature"]["value"])


def _line(pdf: FPDF, text: str, *, size: int = 10, grey: bool = False) -> None:
    pdf.set_font(size=size)
    pdf.set_text_color(110 if grey else 20)
    pdf.multi_cell(0, size * 0.55, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _pair(pdf: FPDF, label: str, value: str) -> None:
    pdf.set_font(size=10)
    pdf.set_text_color(110)
    pdf.cell(42, 6, label)
    pdf.set_text_color(20)
    pdf.multi_cell(0, 6, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _time(text: str) -> str:
    return f"{text[:10]} {text[11:19]} UTC"
