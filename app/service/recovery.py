"""The way back for who forgot the password: a link to their address, once, for half an hour.

Whoever asks learns nothing: names that nobody has get the same answer after the same work.
"""

from app import security_log
from app.db.accounts import AccountStore
from app.db.addresses import AddressStore
from app.db.tables import Purpose
from app.domain.refusals import Reason, Refusal
from app.service.accounts import Accounts, digest, stored_key
from app.service.addresses import OVER
from app.service.limits import Limits


class Recovery:
    """Use cases of somebody who is not signed in."""

    def __init__(self, addresses: AddressStore, store: AccountStore, accounts: Accounts, limits: Limits) -> None:
        self._addresses = addresses
        self._store = store
        self._accounts = accounts
        self._limits = limits

    async def ask(self, name: str, *, address: str) -> None:
        """Have the link mailed, if somebody of this name has a confirmed e-mail address.

        `address` is the network's. Raises `Refusal` where that was asked for too often, there or for this name.
        """
        key = stored_key(name)
        self._limits.check("mails", address)
        self._limits.check("mails_to_one", f"name {key}")
        security_log.note("recovery_asked", address=address)
        await self._addresses.ask_to_recover(key)

    async def whose(self, token: str) -> str:
        """The name of the account that a link is for. Raises `Refusal` where the link does not work."""
        found = await self._addresses.find_link(Purpose.RECOVER, digest(token))
        if found is None:
            raise Refusal(Reason.INVALID, OVER)
        return found.name

    async def finish(self, token: str, password: str, *, address: str) -> None:
        """Use the link: set a new password and end all of the person's sessions. Raises `Refusal`: a password outside
        its limits or too often, which leaves the link as it is, or a link that does not work.

        Each try counts like a sign-in from the network's `address`: it costs as much.
        """
        self._limits.check("sign_in", address)
        await self.whose(token)  # before the work that a hash is
        hashed = await self._accounts.hash(password, address)
        person_id = await self._addresses.recover(digest(token), hashed)
        if person_id is None:
            raise Refusal(Reason.INVALID, OVER)
        await self._store.end_sessions(person_id)
        security_log.note("password_recovered", person=person_id)
