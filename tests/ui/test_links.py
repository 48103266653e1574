"""Links in texts of people: http and https alone, and no text that is more than text."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.components.links import linked

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
