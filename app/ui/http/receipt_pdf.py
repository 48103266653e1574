"""A receipt as a PDF that a person reads.

It is also a program, and the server runs it as one, see `workshop.py`: a receipt as JSON in, a PDF out.
"""

import json
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap
from typing import Any
from zoneinfo import ZoneInfo

import typst

from app.domain.currency import USD
from app.domain.kinds import KINDS, Kind, Role, Status
from app.domain.traits import DeadlineChange, VersionUse
from app.ui.components.wording import money, number
from app.ui.http import fonts
from app.ui.http.printable import Line, code_point, isolated, lines, translated, visible
from app.ui.http.restraint import restrain

SCRIPTS = "--scripts-without-font"
"""The argument that asks for them."""
_NAMED = 12
"""How many characters without a font are named."""
_EARLIER_BUYER = "An earlier buyer"
"""Whose seat was released: a receipt names its two parties alone."""
_TEMPLATE = Path(__file__).with_name("receipt.typ")
Receipt = dict[str, Any]
Content = dict[str, Any]


def render(receipt: Receipt, zone: str = "UTC") -> bytes:
    """The PDF, tagged: on one machine the same bytes for the same receipt and time zone (an IANA name)."""
    content = _content(receipt, ZoneInfo(zone))
    choice = fonts.choose(visible([content, code_point("x")]))
    content = translated(content, {ord(character): code_point(character) for character in choice.missing})
    content |= {"fonts": choice.families, "missing": _named(choice.missing)}
    # What stands in the data is text to the template, never markup. Files and packages: there is none in that folder.
    with TemporaryDirectory() as empty:
        compiler = typst.Compiler(
            _TEMPLATE.read_bytes(),
            root=empty,
            font_paths=choice.fonts,
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
            package_path=empty,
            package_cache_path=empty,
        )
        pdf = compiler.compile(format="pdf", timestamp=int(datetime.fromisoformat(receipt["issued_at"]).timestamp()))
    if not isinstance(pdf, bytes):
        raise TypeError("the typesetter returned no PDF")
    return pdf


def _content(receipt: Receipt, zone: ZoneInfo) -> Content:
    """What the template shows, in its order."""
    kind = Status(receipt["trade"]["status"]).document
    trade, times = receipt["trade"], "UTC" if zone.key == "UTC" else f"{zone.key.replace('_', ' ')} and in UTC"
    return {
        "kind": kind,
        "name": f"{kind.capitalize()}: {trade['title']}",
        "title": lines(trade["title"]),
        "plain": all(letter < "\u0250" for letter in trade["title"]),  # Latin, with its accents
        "status": trade["status"],
        "outcome": Status(trade["status"]).word,
        "closed": _time(trade["closed_at"], zone),
        "terms": list(_terms(receipt, zone)),
        "times": f"Times are in {times}.",
        "entries": list(_entries(receipt, zone)),
        "proof": [
            {"label": "Last hash", "text": receipt["actions"][-1]["hash"]},
            {"label": "Public key", "text": receipt["signature"]["public_key"]},
            {"label": "Signature", "text": "\n".join(wrap(receipt["signature"]["value"], 44))},
        ],
        "footer": f"Traderoom {kind} of trade {trade['id']}, issued {_time(receipt['issued_at'], zone)}",
    }


def _terms(receipt: Receipt, zone: ZoneInfo) -> list[Content]:
    trade = receipt["trade"]
    currency, rows = trade.get("currency", USD), []
    made = [entry["at"] for entry in receipt["actions"] if _makes_version(entry)]
    for role in Role:
        names = [party["name"] for party in receipt["parties"].values() if party["role"] == role]
        rows.append((role.word, names[0] if names else "nobody"))
    rows += [
        ("Price per unit", money(Decimal(trade["price"]), currency)),
        ("Quantity", number(trade["quantity"])),
        ("Total", money(Decimal(trade["total"]), currency)),
        ("Version", str(trade["version"])),
        ("Offered", _time(made[-1], zone)),
        ("Deadline", _time(trade["deadline"], zone)),
    ]
    if trade.get("unit"):
        rows.append(("Unit", trade["unit"]))
    if trade["description"]:
        rows.append(("Description", trade["description"]))
    return [{"label": label, "lines": lines(text), "strong": label == "Total"} for label, text in rows]


def _entries(receipt: Receipt, zone: ZoneInfo) -> list[Content]:
    entries, first = [], receipt["actions"][0]
    described, deadline = first["body"]["description"], first.get("deadline")  # the first format has one for all
    currency = receipt["trade"].get("currency", USD)
    for entry in receipt["actions"]:
        body = entry["body"]
        party = receipt["parties"].get(str(body["actor"]))
        kind = Kind(body["kind"])
        who = isolated(party["name"]) if party else _EARLIER_BUYER
        words = KINDS[kind].words.format(who=who, version=body["version"])
        told: list[Line] = lines(body["text"]) if body["text"] else []
        if _makes_version(entry):
            price, total = Decimal(body["price"]), Decimal(body["price"]) * body["quantity"]
            figures = f"{money(price, currency)} × {number(body['quantity'])} = {money(total, currency)}"
            words += f": version {body['version']}, {figures}"
            if body["description"] != described:
                described = body["description"]
                told += [*lines("New description:"), *lines(described)]
        if KINDS[kind].deadline is DeadlineChange.EXTENDED:
            words += f" to {_time(entry['deadline'], zone)}"
        elif entry.get("deadline") != deadline:
            words += f", which moved the deadline to {_time(entry['deadline'], zone)}"
        deadline = entry.get("deadline")
        entries.append({"seq": str(entry["seq"]), "at": _time(entry["at"], zone), "words": words, "lines": told})
    return entries


def _makes_version(entry: Content) -> bool:
    return KINDS[Kind(entry["body"]["kind"])].version is VersionUse.MAKES


def _named(missing: set[str]) -> str:
    """The code points of characters, the first dozen of them."""
    named = [code_point(character) for character in sorted(missing)]
    more = f" and {len(named) - _NAMED:,} others" if len(named) > _NAMED else ""
    return ", ".join(named[:_NAMED]) + more


def _time(text: str, zone: ZoneInfo) -> str:
    """A moment there and in UTC; the date in UTC only where it is another one."""
    at = datetime.fromisoformat(text).astimezone(UTC)
    local = at.astimezone(zone)
    there = f"{local:%b} {local.day}, {local:%Y, %H:%M:%S}"
    if zone.key == "UTC":
        return f"{there} UTC"
    here = f"{at:%H:%M:%S} UTC"
    return f"{there} ({here})" if at.date() == local.date() else f"{there} ({at:%b} {at.day}, {here})"


def main(arguments: list[str]) -> None:
    """Write the PDF of the receipt that is read, or as JSON the names of scripts that no font here has."""
    restrain()
    if arguments == [SCRIPTS]:
        sys.stdout.write(json.dumps(fonts.scripts_without_font()))
    else:
        sys.stdout.buffer.write(render(json.load(sys.stdin.buffer), *arguments))


if __name__ == "__main__":
    main(sys.argv[1:])
