"""A person's e-mail address: optional, changed with the password, confirmed by a link, and left in one click."""

import secrets

from email_validator import EmailNotValidError, validate_email
from itsdangerous import BadSignature, Signer

from app import security_log
from app.db.addresses import AddressStore, KnownAddress, Recipient
from app.db.tables import Purpose
from app.domain.refusals import Reason, Refusal
from app.service.accounts import Accounts, digest
from app.service.limits import Limits
from app.service.viewer import Viewer

OVER = "This link does not work any more: it was used, or its time is over."


class Addresses:
    """Use cases around one's own address."""

    def __init__(self, store: AddressStore, accounts: Accounts, limits: Limits, secret: str) -> None:
        self._store = store
        self._accounts = accounts
        self._limits = limits
        self._signer = Signer(secret, salt="unsubscribe")

    async def known(self, viewer: Viewer) -> KnownAddress:
        """What is known of the viewer's address."""
        return await self._store.of(viewer.person.id)

    async def change(self, viewer: Viewer, typed: str, password: str) -> str:
        """Mail a link to the address that was typed; it takes the place of the present one once the link is used.

        Nothing typed takes the address away. Returns the address. Raises `Refusal`: no address, a wrong password, too
        often.
        """
        address = check_address(typed)
        await self._accounts.check_password(viewer, password, "password")
        if not address:
            await self._store.remove(viewer.person.id)
            security_log.note("address_removed", person=viewer.person.id)
            return ""
        self._limits.check("mails", f"person {viewer.person.id}")
        self._limits.check("mails_to_one", address.casefold())
        await self._store.want(viewer.person.id, address)
        security_log.note("address_wanted", person=viewer.person.id)
        return address

    async def to_confirm(self, token: str) -> Recipient:
        """Whose address a link would confirm. Raises `Refusal` where the link does not work."""
        found = await self._store.find_link(Purpose.CONFIRM, digest(token))
        if found is None:
            raise Refusal(Reason.INVALID, OVER)
        return found

    async def confirm(self, token: str, *, address: str) -> None:
        """Use the link of a mail. Raises `Refusal` where it does not work, or very many were tried.

        Each try counts like a sign-in from the network's `address`: nobody else has to be known for it.
        """
        self._limits.check("sign_in", address)
        person_id = await self._store.confirm(digest(token))
        if person_id is None:
            raise Refusal(Reason.INVALID, OVER)
        security_log.note("address_confirmed", person=person_id)

    async def subscribe(self, viewer: Viewer, *, wanted: bool) -> None:
        """Whether the viewer wants mails about trades from now on."""
        await self._store.subscribe(viewer.person.id, wanted=wanted)
        security_log.note("subscribed" if wanted else "unsubscribed", person=viewer.person.id)

    def unsubscribe_token(self, person_id: int) -> str:
        """What lets whoever has a person's mail end these mails, and nothing else, for as long as there are any."""
        return self._signer.sign(str(person_id)).decode()

    def holds(self, token: str) -> bool:
        """Whether a token is one of ours."""
        return self._whose(token) is not None

    async def unsubscribe(self, token: str) -> bool:
        """End the mails about trades of whom the token names; asking again changes nothing. False: no token of ours."""
        person_id = self._whose(token)
        if person_id is None:
            return False
        await self._store.subscribe(person_id, wanted=False)
        security_log.note("unsubscribed", person=person_id)
        return True

    def _whose(self, token: str) -> int | None:
        try:
            return int(self._signer.unsign(token))
        except (BadSignature, ValueError):
            return None


def check_address(typed: str) -> str:
    """The address in ASCII, by RFC 5321; empty where nothing was typed. Raises `Refusal`. No name server is asked.

    What looks encoded (RFC 2047) is refused: some mail servers decode it, and write to somebody else.
    """
    if not typed.strip():
        return ""
    try:
        checked = validate_email(typed.strip()[:1_000], check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise _no_address() from None
    if "=?" in typed:
        raise _no_address()
    return checked.ascii_email or ""


def _no_address() -> Refusal:
    sentence = "This is no e-mail address that we can write to. One looks like bea@example.com."
    return Refusal(Reason.INVALID, sentence, "email")


def new_token() -> str:
    """What a link carries: 256 random bits."""
    return secrets.token_urlsafe(32)
