"""Accounts: signing up, in and out.

Guessing is limited three ways: by address; by name and address, or by name and browser where the browser has been
signed in under that name before; and, for unknown browsers only, by name. Whoever guesses at a name, from however many
addresses, cannot keep its owner out of a browser that is known (OWASP's "device cookies"). A sign-in that succeeds
was no guess and is not counted.
"""

import hashlib
import secrets
import unicodedata
from contextlib import ExitStack
from dataclasses import dataclass, replace
from zoneinfo import available_timezones

from app import security_log
from app.db.accounts import AccountStore, Session
from app.domain.names import GONE, check_name, name_key
from app.domain.refusals import Reason, Refusal
from app.domain.text import MAX_PASSWORD, check_password
from app.domain.trade import Person
from app.service.limits import Limits
from app.service.passwords import Passwords
from app.service.viewer import Viewer

_ZONES = frozenset(available_timezones())
_WRONG = "Name or password is wrong."
_LONGEST_TYPED = 1_000
"""Characters of a typed name that are looked at; 100 of a name are fewer in any form, and every gap counts as one."""


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that has been signed in before: under whose account, and a random mark of its own."""

    person_id: int
    mark: str


class Accounts:
    """Sign-up, sign-in, sign-out."""

    def __init__(self, store: AccountStore, limits: Limits) -> None:
        self._store = store
        self._limits = limits
        self._passwords = Passwords()

    def stop(self) -> None:
        """The server stops: no password is checked any more, and whoever waits for that is told to try again."""
        self._passwords.stop()

    async def sign_up(self, name: str, password: str, *, address: str, device: Device | None = None) -> str:
        """A new account; returns its session's token. Raises `Refusal`: limits, name taken, too often.

        A name that is taken with this very password is signed in to, like any sign-in: the answer to who made it may
        have been lost. Any other password gets the answer of a name that is taken.
        """
        self._limits.check("sign_up", address)
        try:
            person = await self.create(name, password, client=address)
        except Refusal as taken:
            if taken.reason is not Reason.TAKEN:
                raise
            try:
                return await self.sign_in(name, password, address=address, device=device)
            except Refusal as refusal:
                raise (refusal if refusal.reason is Reason.TOO_OFTEN else taken) from None
        security_log.note("signed_up", person=person.id, address=address)
        return await self._start_session(person)

    async def create(self, name: str, password: str, *, client: str = "") -> Person:
        """A new account without a session. Raises `Refusal`: limits of name and password, name taken, too often."""
        name = check_name(name)
        check_password(password)
        await self._check_free(name)
        hashed = await self._passwords.hash(password, client)
        person = await self._store.create_user(name, name_key(name), hashed)
        if person is None:
            await self._check_free(name)
            raise RuntimeError("a name is taken and free")
        return person

    async def sign_in(self, name: str, password: str, *, address: str, device: Device | None = None) -> str:
        """The token of a new session; `device` is what the browser tells of an earlier one. Raises `Refusal`, the same
        and after the same time for a wrong name as for a wrong password."""
        self._limits.check("sign_in", address)
        found = await self._find(name) if len(password) <= MAX_PASSWORD else None
        known = device is not None and found is not None and device.person_id == found[0].id
        about, client = _key_of(name), _client(found[0]) if found and known else address
        with ExitStack() as tries:
            tries.enter_context(self._limits.trying("guesses", about, device.mark if device and known else address))
            if not known:
                tries.enter_context(self._limits.trying("guesses_at_name", about))
            is_right = await self._is_right(found, password, client)
            if found is None or not is_right:
                security_log.note("sign_in_failed", person=found[0].id if found else None, address=address)
                raise Refusal(Reason.INVALID, _WRONG, "password")
        person, hashed = found
        security_log.note("signed_in", person=person.id, address=address, known_device=known)
        if self._passwords.needs_rehash(hashed):
            await self._store.set_password_hash(person.id, await self._passwords.hash(password, client))
        return await self._start_session(person)

    async def sign_in_as(self, name: str) -> str:
        """The demo's way in, without a password. Raises `Refusal` when there is no such person."""
        return await self._start_session(await self.find(name))

    async def find(self, name: str) -> Person:
        """The person of a name. Raises `Refusal` when there is none."""
        found = await self._find(name)
        if found is None:
            raise Refusal(Reason.INVALID, f"There is nobody named {name.strip()!r}.", "name")
        return found[0]

    async def reset_password(self, name: str, password: str) -> None:
        """Set a new password and end the person's sessions. Raises `Refusal`: no such person, limits."""
        person = await self.find(name)
        await self._store.set_new_password_hash(person.id, await self.hash(password))
        await self._store.end_sessions(person.id)
        security_log.note("password_reset", person=person.id)

    async def hash(self, password: str, client: str = "") -> str:
        """What is kept of a new password. Raises `Refusal`: limits, too often."""
        return await self._passwords.hash(check_password(password), client)

    async def viewer(self, token: str, *, time_zone: str = "") -> Viewer | None:
        """Who holds the session of this token, if it is live. The browser's time zone is kept, if we know it."""
        session = await self._store.find_session(digest(token))
        if session is None:
            return None
        viewer = Viewer(session.person, session.id, session.time_zone, session.theme, session.introduced)
        if time_zone in _ZONES and time_zone != viewer.time_zone:
            viewer = replace(viewer, time_zone=time_zone)
            await self.remember(viewer)
        return viewer

    async def remember(self, viewer: Viewer) -> None:
        """Keep how this browser shows things: its time zone and its theme."""
        await self._store.remember(viewer.session_id, time_zone=viewer.time_zone, theme=viewer.theme)

    async def introduce(self, viewer: Viewer) -> None:
        """The person knows how a room works now, and is not told again, in no browser."""
        await self._store.introduce(viewer.person.id)

    async def change_password(self, viewer: Viewer, old: str, new: str) -> None:
        """Set a new password and end the person's other sessions. Raises `Refusal`: wrong old password, limits."""
        try:
            new = check_password(new)
        except Refusal as refusal:
            raise Refusal(refusal.reason, str(refusal), "new") from None
        await self.check_password(viewer, old, "old")
        hashed = await self._passwords.hash(new, _client(viewer.person))
        await self._store.set_new_password_hash(viewer.person.id, hashed)
        await self._store.end_sessions(viewer.person.id, but=viewer.session_id)
        security_log.note("password_changed", person=viewer.person.id)

    async def check_password(self, viewer: Viewer, password: str, field: str) -> None:
        """Make sure that it is the viewer who sits there. Raises `Refusal` at this field.

        Each check counts like a sign-in, a right one too: it costs as much.
        """
        self._limits.check("sign_in", f"person {viewer.person.id}")
        with self._limits.trying("guesses", name_key(viewer.person.name), f"session {viewer.session_id}"):
            found = await self._find(viewer.person.name)
            if not await self._is_right(found, password, _client(viewer.person)):
                security_log.note("password_wrong", person=viewer.person.id)
                raise Refusal(Reason.INVALID, "The current password is wrong.", field)

    async def check_deletable(self, viewer: Viewer) -> None:
        """Raises `Refusal` while the viewer is in a negotiation."""
        if await self._store.is_negotiating(viewer.person.id):
            raise _still_negotiating()

    async def delete(self, viewer: Viewer) -> None:
        """Replace the name, forget the password, end all sessions. The name's key stays, so that nobody can pass for
        who is gone. Raises `Refusal` while the viewer is in a negotiation."""
        if not await self._store.delete_user(viewer.person.id, GONE):
            raise _still_negotiating()
        await self._store.end_sessions(viewer.person.id)
        security_log.note("account_deleted", person=viewer.person.id)

    async def sessions(self, viewer: Viewer) -> list[Session]:
        """The viewer's live sessions, the one used last first."""
        return await self._store.sessions_of(viewer.person.id)

    async def sign_out_everywhere(self, viewer: Viewer) -> None:
        """End all of the viewer's sessions, this one included."""
        await self._store.end_sessions(viewer.person.id)
        security_log.note("signed_out_everywhere", person=viewer.person.id)

    async def forget_old_sessions(self) -> None:
        """Clear away the sessions whose time is over."""
        await self._store.forget_old_sessions()

    async def sign_out(self, viewer: Viewer) -> None:
        """End this browser's session."""
        await self._store.end_session(viewer.session_id)
        security_log.note("signed_out", person=viewer.person.id)

    async def _find(self, typed: str) -> tuple[Person, str] | None:
        """The user of a name as typed, with the password's hash; None too where no such name can exist.

        Not judged by the rules for new names: whoever has a name keeps it, and signs in with it.
        """
        key = stored_key(typed)
        return await self._store.find_user(key) if key else None

    async def _check_free(self, name: str) -> None:
        """Raises `Refusal` (TAKEN) where an account has, or had, this name or one that looks like it."""
        is_taken = await self._store.is_taken(name, name_key(name))
        if is_taken is None:
            raise Refusal(Reason.TAKEN, "A name that looks the same is taken. Please choose another.", "name")
        if is_taken:
            raise Refusal(Reason.TAKEN, "This name is taken. Sign in if it is yours, or choose another.", "name")

    async def _start_session(self, person: Person) -> str:
        token = secrets.token_urlsafe(32)
        if not await self._store.create_session(person.id, digest(token)):
            raise Refusal(Reason.INVALID, _WRONG, "password")
        return token

    async def _is_right(self, found: tuple[Person, str] | None, password: str, client: str) -> bool:
        """Whether the password fits; it takes as long where there is nobody."""
        return await self._passwords.fits(found[1] if found else None, password, client)


def _client(person: Person) -> str:
    """Whose turn it is where somebody is known."""
    return f"person {person.id}"


def _still_negotiating() -> Refusal:
    return Refusal(
        Reason.INVALID,
        "You are in a negotiation that is still open. Accept, reject or withdraw the offer, or wait for its deadline"
        " first.",
    )


def _key_of(typed: str) -> str:
    """The key that a name is found by, and under which guesses at it are counted, however it was typed."""
    return name_key(" ".join(typed.split())[:_LONGEST_TYPED])


def stored_key(typed: str) -> str:
    """The key of a name as typed; empty where no name can have it."""
    key = _key_of(typed)
    return "" if any(unicodedata.category(c) in {"Cc", "Cs"} for c in key) else key


def digest(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()
