"""Links in texts of people: http and https alone, and no text that is more than text."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.trade import Trade
from app.ui.components.html_block import Block
from app.ui.components.links import linked
from tests.ui.browser import Browser

_LINK = re.compile(
    r'<a href="([^"<>]*)" target="_blank" rel="noopener nofollow" title="Opens in a new tab">([^<>]*)</a>'
)
TRICKS = (
    *("https://", "http://", "HTTPS://", "javascript:", "data:text/html,", "ftp://", "mailto:", "//", "file:///"),
    *("a.example", "bank.example", "@", ":", "?", "&", "&amp;", "&quot;", "&#x6a;", '"', "'", "<", ">", "<script>"),
    *("</a>", ' onmouseover="x"', "{0}", "{}", "%22", "\\", "(", ")", "[", "]", " ", "\n", "\t", "\u202e", "\u200b"),
)
TEXTS = st.lists(st.sampled_from(TRICKS) | st.text(max_size=5)).map("".join) | st.text()


@given(TEXTS)
def test_whatever_is_typed_reads_as_it_was_and_only_addresses_of_the_web_are_links(text: str) -> None:
    said = linked(text)
    for address, words in _LINK.findall(said):
        assert address == words
        assert html.unescape(address).lower().startswith(("http://", "https://"))
        assert html.unescape(address).isprintable()
    plain = _LINK.sub(lambda link: link[2], said)
    assert not set("<>\"'") & set(plain)
    assert html.unescape(plain) == text


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("See https://example.com/oak?a=1&b=2, please.", ["https://example.com/oak?a=1&b=2"]),
        ("(http://example.com/a_(b))", ["http://example.com/a_(b)"]),
        ("HTTPS://EXAMPLE.COM https://example.org", ["HTTPS://EXAMPLE.COM", "https://example.org"]),
        ("https://bücher.example/straße", ["https://bücher.example/straße"]),
        ("example.com www.example.com a@example.com 5.50 file.py", []),
        ("javascript:alert(1) ftp://example.com //example.com mailto:a@example.com", []),
        ("https://bank.example@elsewhere.example https://a:b@c.example", []),
        ("https://elsewhere.example\\@bank.example", ["https://elsewhere.example\\@bank.example"]),
        ("https://example.com/\u202egpj.exe", []),
    ],
)
def test_what_is_a_link(text: str, addresses: list[str]) -> None:
    assert [html.unescape(address) for address, _ in _LINK.findall(linked(text))] == addresses


async def test_links_in_requests_reasons_and_dialogs_are_links_too(trade: Trade, sam: Browser, bea: Browser) -> None:
    oak, bench, shop = (f"https://example.com/{path}" for path in ("oak", "bench", "shop"))
    negotiation, buyer, seller = sam.application.negotiation, await bea.viewer(), await sam.viewer()
    await negotiation.request_amendment(buyer, trade.id, f"Like {bench} or javascript:alert(1)")
    await sam.sees("javascript:alert(1)", "request")
    assert links(sam, 'data-testid="request"') == [bench]
    bea.press("Accept deal")
    await negotiation.offer(seller, trade.id, 1, price="900", quantity="5", description=f"As {oak}", reason="")
    await bea.sees("The description reads now: As")
    assert links(bea, 'class="two"') == [oak]
    bea.press("Review new terms")
    await bea.sees("The description was changed.")
    assert links(bea, 'class="frozen"') == [oak]
    await negotiation.reject(buyer, trade.id, 2, f"Cheaper at {shop}")
    await sam.sees("Download PDF")
    assert links(sam, 'class="banner"') == [shop]


def links(page: Browser, part: str) -> list[str]:
    """The addresses that are links in the one block of the page with this part in it."""
    (block,) = (each.content for each in page.visible() if isinstance(each, Block) and part in each.content)
    return [address for address, _ in _LINK.findall(block)]
