"""What a mail is made of: text and HTML say the same, and nothing that people typed gets out of its place."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.kind_lists import kinds_that_matter
from app.domain.kinds import KINDS, Kind
from app.mail import texts
from app.mail.mail import Mail, Words

NOW = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
SENDER = "Traderoom <noreply@example.com>"
ROOM, STOP = "https://trade.example.com/room/abc", "https://trade.example.com/mail/unsubscribe/1.x"
AWKWARD = "{0} <b>&\u05e9\u05dc\u05d5\u05dd</b> %s {} '\""


def news(kind: Kind | None, **changes: Any) -> Mail:
    there = NOW.astimezone(ZoneInfo("Europe/Berlin"))
    told: dict[str, Any] = {"other": "Sam", "title": "Oak table", "version": 2, "deadline": there}
    told |= {name: changes.pop(name) for name in list(changes) if name in told}
    how: dict[str, Any] = {
        "to": "bea@example.com",
        "name": "amended-1-2-3",
        "reader": "Bea",
        "room": ROOM,
        "stop": STOP,
    }
    return texts.news(texts.Event(kind=kind, **told), **{**how, **changes})


def parts(mail: Mail) -> tuple[str, str]:
    """The text and the HTML, as a mail program reads them."""
    message = message_from_bytes(bytes(mail.message(SENDER, NOW)), policy=default)
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    return text.get_content().replace("\r\n", "\n"), html.get_content()


ALL = {
    **{kind.value: news(kind) for kind in kinds_that_matter()},
    "deadline": news(None),
    "confirmation": texts.confirmation(to="bea@example.com", name="x", reader="Bea", link=f"{ROOM}1"),
    "recovery": texts.recovery(to="bea@example.com", name="x", reader="Bea", link=f"{ROOM}2"),
    "change": texts.change(to="bea@example.com", name="x", reader="Bea"),
}


@pytest.mark.parametrize("about", ALL)
def test_text_and_html_say_the_same(about: str) -> None:
    text, html = parts(ALL[about])
    addresses = re.findall(r'href="([^"]+)"', html)
    words = unescape(re.sub(r"<title>.*?</title>|<[^>]+>", " ", html)).split()
    without = re.sub(r":\nhttps://\S+", "", text).split()
    assert "".join(words) == "".join(without)
    assert addresses == re.findall(r"https://\S+", text)


@pytest.mark.parametrize("kind", [kind for kind in kinds_that_matter() if KINDS[kind].closes])
def test_an_outcome_s_mail_calls_what_the_trade_leaves_by_its_name(kind: Kind) -> None:
    text, _ = parts(ALL[kind.value])
    is_made = kind is Kind.ACCEPTED
    assert ("The trade is made. Its receipt is in the room." in text) == is_made
    assert ("No trade was made. The record is in the room." in text) != is_made


@pytest.mark.parametrize("about", [kind.value for kind in kinds_that_matter()])
def test_news_lead_to_the_room_and_hold_no_other_secret(about: str) -> None:
    text, html = parts(ALL[about])
    assert re.findall(r"https://\S+", text) == [ROOM, STOP]
    assert "Oak table" in text
    assert "$" not in text + html


def test_news_say_what_the_timeline_says() -> None:
    said = {about: parts(mail)[0].split("\n\n")[1] for about, mail in ALL.items()}
    assert said["accepted"] == "Sam accepted version 2 in \u201cOak table\u201d."
    assert said["expired"] == "The offer expired in \u201cOak table\u201d."
    assert said["deadline"] == "Your answer to Sam is due in \u201cOak table\u201d."


def test_news_tell_the_deadline_where_the_reader_is() -> None:
    assert "13:30 on 26 November (Europe/Berlin)" in parts(ALL["amended"])[0]
    assert "13:30" in parts(ALL["deadline"])[0]
    assert "13:30" not in parts(ALL["accepted"])[0]


def test_news_tell_the_two_hours_apart_that_a_clock_shows_twice() -> None:
    berlin, told = ZoneInfo("Europe/Berlin"), []
    for hour in (0, 1, 2):
        deadline = datetime(2026, 10, 25, hour, 30, tzinfo=UTC).astimezone(berlin)
        told += re.findall(r"is (.*)\.", parts(news(None, deadline=deadline))[0].partition("left")[2])[:1]
    assert told == [
        "02:30 on 25 October (Europe/Berlin, UTC+02:00)",
        "02:30 on 25 October (Europe/Berlin, UTC+01:00)",
        "03:30 on 25 October (Europe/Berlin)",
    ]


def test_what_people_typed_is_isolated_and_escaped_and_nothing_is_put_into_it() -> None:
    text, html = parts(news(Kind.AMENDED, other=AWKWARD, title=AWKWARD, reader=AWKWARD))
    assert text.count(f"\u2068{AWKWARD}\u2069") == 3
    assert html.count("<bdi>{0} &lt;b&gt;&amp;\u05e9\u05dc\u05d5\u05dd&lt;/b&gt; %s {} &#39;&#34;</bdi>") == 3
    assert "<b>" not in html


def test_the_head_has_what_machines_read() -> None:
    message = ALL["amended"].message(SENDER, NOW)
    head = bytes(message).partition(b"\r\n\r\n")[0].decode()
    assert "Message-ID: <amended-1-2-3@example.com>\r\n" in head
    assert f"List-Unsubscribe: <{STOP}>\r\n" in head
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
    assert "Auto-Submitted: auto-generated\r\n" in head
    assert "Date: Thu, 26 Nov 2026 12:30:00 +0000\r\n" in head
    assert f"From: {SENDER}\r\n" in head


def test_an_address_to_unsubscribe_at_stays_in_one_piece_however_long() -> None:
    long = f"https://{'long-' * 20}.example.com/mail/unsubscribe/1.x"
    assert f"List-Unsubscribe: <{long}>\r\n".encode() in bytes(news(Kind.AMENDED, stop=long).message(SENDER, NOW))


def test_mails_that_were_asked_for_cannot_be_unsubscribed_from() -> None:
    for about in ("confirmation", "recovery", "change"):
        assert "List-Unsubscribe" not in ALL[about].message(SENDER, NOW)


@pytest.mark.parametrize("text", ["Oak\r\nBcc: eve@example.com", "Oak\nBcc: eve@example.com", "\r\n\r\nHello"])
def test_nothing_gets_into_the_head(text: str) -> None:
    """The domain lets no line break into a name or a title, nor the database one into an address; nor would we."""
    for changes in ({"title": text}, {"to": f"bea@example.com{text}"}, {"name": text}, {"stop": text}):
        with pytest.raises(ValueError, match="linefeed"):
            news(Kind.AMENDED, **changes).message(SENDER, NOW)


@pytest.mark.parametrize(
    "title",
    [
        "=?utf-8?q?Oak=0D=0ABcc:_eve=40example.com?=",
        "=?utf-8?q?Oak=0D=0A=0D=0AHello?= \u00e9",
        "=?utf-8?b?//8=?=",
        "\u2039b\u203a table, \u05e2\u05d1\u05e8\u05d9\u05ea and \u65e5\u672c\u8a9e \U0001f469\u200d\U0001f467 " * 4,
        f"{'a' * 80} {'b' * 80} c",
    ],
)
def test_a_subject_reads_as_it_was_typed_also_where_that_looks_encoded(title: str) -> None:
    mail = news(Kind.AMENDED, other=title[:40], title=title)
    message = message_from_bytes(bytes(mail.message(SENDER, NOW)), policy=default)
    assert message["Subject"] == mail.subject.text()
    assert message.keys() == mail.message(SENDER, NOW).keys()
    head = bytes(mail.message(SENDER, NOW)).partition(b"\r\n\r\n")[0]
    encoded = [line for line in head.split(b"\r\n") if b"?=" in line]
    assert encoded
    assert max(map(len, encoded)) <= 76, "RFC 2047, 2"


def test_an_address_that_looks_encoded_stays_as_it_is() -> None:
    address = "=?utf-8?q?eve=40example.org=2C?=@example.com"
    assert f"\r\nTo: {address}\r\n".encode() in bytes(news(Kind.AMENDED, to=address).message(SENDER, NOW))


def test_words_without_anything_typed_are_as_they_stand() -> None:
    assert (Words("1 < 2").text(), Words("1 < 2").html()) == ("1 < 2", "1 &lt; 2")
