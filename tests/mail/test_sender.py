"""Giving mails away: a real mail server, and the demo's keeper of mails, which must do the same."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import quote

import pytest

from app.mail import sender
from app.mail.mail import Mail, Words
from app.mail.sender import KeptMails, MailError, Sender, SmtpSender
from tests.mail.server import PASSWORD, USER, mail_server
from tests.ports import free_port

LOGIN = f"{USER}:{quote(PASSWORD, safe='')}"
ROOM = f"https://trade.a-long-company-name.example.com/room/{'x' * 26}"


def a_mail(to: str = "bea@example.com") -> EmailMessage:
    mail = Mail(
        to=to,
        name="amended-1-2-3",
        subject=Words("{} made an offer · {}", ("Zoë", "Ein Tisch aus Eiche, zwei Meter, geölt " * 4)),
        body=(Words("Hello {},", ("Bea",)), Words("{} & more.", ("<b>Zoë</b>",))),
        link=("Open the room", ROOM),
        unsubscribe=f"https://trade.a-long-company-name.example.com/mail/unsubscribe/1234567.{'x' * 27}",
    )
    return mail.message("Traderoom <noreply@example.com>", datetime(2026, 11, 26, 12, 30, tzinfo=UTC))


Contract = tuple[Sender, Callable[[], list[EmailMessage]]]


@pytest.fixture(params=["kept", "smtp"])
async def contract(request: pytest.FixtureRequest) -> AsyncIterator[Contract]:
    """A sender, and the way to what has arrived."""
    if request.param == "kept":
        kept = KeptMails()
        yield kept, lambda: list(kept)
        return
    async with mail_server() as server:
        yield SmtpSender(server.url()), lambda: server.mails[::-1]


async def test_what_arrives_is_what_was_sent_the_newest_first(contract: Contract) -> None:
    sender, arrived = contract
    sent = [a_mail(), a_mail("sam@example.com")]
    for message in sent:
        await sender.send(message)
    for message, original in zip(arrived(), reversed(sent), strict=True):
        for header in original:
            if header != "Content-Type":
                assert message[header] == original[header], header
        for kind in ("plain", "html"):
            body, as_sent = message.get_body((kind,)), original.get_body((kind,))
            assert body is not None
            assert as_sent is not None
            assert body.get_content().replace("\r\n", "\n") == as_sent.get_content()


async def test_the_envelope_names_the_reader_alone() -> None:
    async with mail_server() as server:
        await SmtpSender(server.url()).send(a_mail())
        assert server.recipients == ["bea@example.com"]
        assert server.was_tls == [False]


async def test_the_connection_turns_to_tls_where_the_server_offers_it() -> None:
    async with mail_server(starttls=True, auth=True) as server:
        await SmtpSender(server.url(user=LOGIN)).send(a_mail())
        assert (server.was_tls, server.users) == ([True], [USER])


async def test_smtps_is_tls_from_the_first_word_on() -> None:
    async with mail_server(smtps=True) as server:
        await SmtpSender(server.url(scheme="smtps")).send(a_mail())
        assert server.was_tls == [True]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_certificate_that_nobody_knows_is_not_taken_from_afar(scheme: str) -> None:
    async with mail_server(starttls=scheme == "smtp", smtps=scheme == "smtps") as server:
        sender = SmtpSender(server.url(scheme=scheme))
        sender._is_near = False
        with pytest.raises(MailError, match="cannot be used") as caught:
            await sender.send(a_mail())
        assert not caught.value.for_good
        assert server.mails == []


async def test_a_password_is_told_over_tls_only() -> None:
    async with mail_server(auth=True) as server:
        near, far = SmtpSender(server.url(user=LOGIN)), SmtpSender(server.url(user=LOGIN))
        far._is_near = False
        await near.send(a_mail())
        with pytest.raises(MailError) as caught:
            await far.send(a_mail())
        assert not caught.value.for_good
        assert server.users == [USER]


async def test_a_wrong_password_is_the_operator_s_to_mend_and_worth_another_try() -> None:
    async with mail_server(starttls=True, auth=True) as server:
        with pytest.raises(MailError, match=r"refused us \(535") as caught:
            await SmtpSender(server.url(user=f"{USER}:wrong")).send(a_mail())
        assert not caught.value.for_good
        assert "wrong" not in str(caught.value)


@pytest.mark.parametrize(
    ("command", "reply", "for_good"),
    [
        ("RCPT", "550 5.1.1 bea@example.com is nobody", True),
        ("RCPT", "450 4.2.1 later, bea@example.com", False),
        ("DATA", "554 5.7.1 spam", True),
        ("DATA", "451 4.3.0 later", False),
        ("MAIL", "553 5.1.8 who are you", False),
        ("MAIL", "421 4.3.2 later", False),
    ],
)
async def test_what_a_server_refuses_is_told_apart(command: str, reply: str, for_good: bool) -> None:
    async with mail_server() as server:
        server.refuses[command] = reply
        with pytest.raises(MailError) as caught:
            await SmtpSender(server.url()).send(a_mail())
        assert caught.value.for_good is for_good
        assert "example.com" not in str(caught.value)
        server.refuses.clear()
        await SmtpSender(server.url()).send(a_mail())
        assert len(server.mails) == 1


async def test_a_server_that_ponders_over_a_mail_gets_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "_PATIENCE", 0.3)
    async with mail_server() as server:
        server.ponders = 1.0
        await SmtpSender(server.url()).send(a_mail())
        assert len(server.mails) == 1


async def test_a_server_that_is_down_is_worth_another_try() -> None:
    with pytest.raises(MailError, match="cannot be used") as caught:
        await SmtpSender(f"smtp://127.0.0.1:{free_port()}").send(a_mail())
    assert not caught.value.for_good


@pytest.mark.parametrize(
    ("url", "port"),
    [("smtp://h", 25), ("smtp://u:p@h", 587), ("smtps://h", 465), ("smtps://u:p@h", 465), ("smtp://h:2525", 2525)],
)
def test_a_port_that_is_not_said_is_the_usual_one(url: str, port: int) -> None:
    assert SmtpSender(url)._port == port


async def test_the_demo_keeps_the_newest_mails_alone() -> None:
    kept = KeptMails()
    for number in range(250):
        await kept.send(a_mail(f"person-{number}@example.com"))
    assert [str(message["To"]) for message in kept][::199] == ["person-249@example.com", "person-50@example.com"]
