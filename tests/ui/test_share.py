"""The invitation as a code to scan, as a draft to send, and as a link that is called copied only when it is."""

import re
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import Refusal
from app.domain.text import check_title
from app.domain.trade import Trade
from app.ui.components.html_block import Block
from app.ui.room.invitation import mail_draft, share
from tests.ui.browser import Browser
from tests.ui.reading import descend
from tests.ui.visitor import ORIGIN

LINK = "https://traderoom.example/room/fvb9mec0s05zgmj2kx7w"
TITLES = [
    "Oak table",
    "R&D: 100 % wool? #1 + half; a=b",
    "Zoë's \N{LEFT DOUBLE QUOTATION MARK}oak\N{RIGHT DOUBLE QUOTATION MARK} <b>table</b>",
    "\N{ARABIC LETTER MEEM}\N{ARABIC LETTER YEH} \N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER} 橡木桌",
    "&subject=Another&body=text&bcc=eve@example.com",
    "x" * 200,
]


def modules(svg: str) -> list[list[bool]]:
    """What a reader sees of a QR code: which modules are dark, the quiet zone included."""
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])  # type: ignore[index]
    seen = [[False] * size for _ in range(size)]
    x, y = 0, 0.0
    (drawn,) = re.findall(r' d="([^"]*)"/></svg>', svg)
    for command, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", drawn):
        if command == "h":
            for column in range(x, x + int(first)):
                seen[int(y)][column] = True
        elif command == "m":
            y += float(second)
        x, y = (int(first), float(second)) if command == "M" else (x + int(first), y)
    return seen


def test_the_code_is_the_links_with_light_around_it() -> None:
    svg = re.search(r"<svg.*</svg>", share(LINK, "Oak table"))
    assert svg is not None
    seen = modules(svg[0])
    wanted = segno.make(LINK, error="m", micro=False).matrix
    assert [row[4:-4] for row in seen[4:-4]] == [[bool(module) for module in row] for row in wanted]
    assert not any(any(row) for row in (*seen[:4], *seen[-4:]))
    assert not any(any(row[:4]) or any(row[-4:]) for row in seen)
    assert len(share(LINK, "x" * 200)) < 6_000


@pytest.mark.parametrize("title", TITLES)
def test_any_title_stands_in_the_draft_as_it_is(title: str) -> None:
    address = urlsplit(mail_draft(LINK, title))
    assert (address.scheme, address.path, address.fragment) == ("mailto", "", "")
    assert re.fullmatch(r"(?:[A-Za-z0-9._~&=-]|%[0-9A-F]{2})+", address.query)
    assert address.query.count("&") == 1
    fields = parse_qs(address.query, strict_parsing=True, encoding="utf-8", errors="strict")
    assert fields["subject"] == [f"Invitation to negotiate: {title}"]
    assert f"\r\n{LINK}\r\n" in fields["body"][0]


@given(st.text(max_size=200))
def test_a_title_that_is_taken_makes_one_line_of_a_draft(typed: str) -> None:
    try:
        title = check_title(typed)
    except Refusal:
        return
    subject, _, body = mail_draft(LINK, title).partition("&body=")
    read = unquote(subject.removeprefix("mailto:?subject="), errors="strict")
    assert read == f"Invitation to negotiate: {title}"
    EmailMessage()["Subject"] = read
    assert unquote(body).count(LINK) == 1


@pytest.fixture
async def trade(sam: Browser) -> Trade:
    """Sam's offer, in whose room Sam is."""
    trade = await sam.offer("Oak & <b>ash</b>")
    await sam.room(trade)
    return trade


async def test_the_dialog_has_all_ways_to_send_the_link(trade: Trade, sam: Browser) -> None:
    assert "QR code" not in sam.markup(), "a code that nobody has asked for is no part of the page"
    sam.press("Invitation")
    link = f"{ORIGIN}/room/{trade.code}"
    assert f'data-link="{link}"' in sam.markup()
    assert 'aria-label="QR code of the invitation link"' in sam.markup()
    assert mail_draft(link, trade.title).replace("&", "&amp;") in sam.markup()
    assert len(sam.texts("invitation-link")) == 1


@pytest.mark.usefixtures("trade")
@pytest.mark.parametrize("opened", [False, True], ids=["on the page", "in the dialog"])
async def test_copied_is_said_only_when_it_was(sam: Browser, monkeypatch: pytest.MonkeyPatch, opened: bool) -> None:
    run: list[str] = []
    monkeypatch.setattr(sam.page, "run_javascript", lambda code, **_: run.append(code))
    if opened:
        sam.press("Invitation")
    sam.has_clipboard = False
    sam.press("Copy link")
    await sam.hears("This browser does not let a page copy. The link is selected: please copy it from there.")
    assert "Link copied" not in sam.user.toasts
    assert "selectAllChildren" in run[0]
    sam.has_clipboard = True
    sam.press("Copy link")
    await sam.hears("Link copied")
    assert len(run) == 1


def shared(page: Browser, title: str) -> str:
    """The code that the open dialog gives away in all its ways, or nothing."""
    blocks = [e for e in descend(page.page.layout) if isinstance(e, Block) and "share" in e.classes]
    codes = {code for block in blocks for code in re.findall("/room/([0-9a-z]+)", unquote(block.content))}
    assert len(codes) < 2
    if blocks:
        assert blocks[0].content == share(f"{ORIGIN}/room/{max(codes)}", title)
    return "".join(codes)


async def test_an_open_dialog_has_the_link_that_leads_in_now_or_none(trade: Trade, sam: Browser, bea: Browser) -> None:
    await bea.room(trade)
    tab, talk, seller = await sam.tab().room(trade), sam.application.negotiation, await sam.viewer()
    tab.press("Invitation")
    assert shared(tab, trade.title) == trade.code
    renewed = await talk.renew_link(seller, trade.id)
    await tab.sees("The link is another one now; the old one has stopped working.")
    assert shared(tab, trade.title) == renewed.code != trade.code
    released = await talk.release_seat(seller, trade.id)
    await tab.sees("Nobody has taken the buyer's seat yet.")
    assert shared(tab, trade.title) == released.code != renewed.code
    assert not tab.has_button("Release seat")
    await bea.room(released)
    await tab.sees("Bea has the buyer's seat.")
    assert tab.has_button("Release seat")
    await talk.reject(await bea.viewer(), trade.id, 1, "")
    await tab.sees("while this was open.")
    assert not shared(tab, trade.title)
    for name in ("Copy link", "Share", "Renew link", "Release seat"):
        assert not tab.buttons(name), name
    assert tab.has_button("Close")
