"""``/trades/new``: draft an offer. An address may fill in the form, by its fields or with the terms of an earlier trade
of one's own (`Offer again`); the button alone makes it."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from uuid import uuid5

from fastapi import Request
from nicegui import ui
from nicegui.events import GenericEventArguments

from app.domain.currency import check_currency
from app.domain.kinds import Role
from app.domain.names import GONE
from app.domain.refusals import Refusal
from app.domain.terms import as_typed, check_unit, parse_terms
from app.domain.text import MAX_TITLE
from app.ui import browser
from app.ui.browser import typed
from app.ui.components import wording
from app.ui.components.button import Button
from app.ui.components.deadline_field import DeadlineField
from app.ui.components.dialog import RESTORED
from app.ui.components.feedback import AT_A_PAUSE, Field, as_uuid, attempt, busy, keep, mark, text_of
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.http.requests import viewer_of, zone_of
from app.ui.live.connection import attend
from app.ui.pages.layout import PAGE, frame
from app.ui.site import Site

_TICKED = {"1", "true", "yes", "on"}
"""What an address may say for a box that is ticked."""
_BOX = Html('<label class="check"><input type="checkbox"{}>Private</label>')
_PRIVATE = "Others see on Activity that there is a trade, and its status: no title, figures or people."
_EXPIRY = {way: f"Expires in ({way.lower()})" for way in ("Minutes", "Hours", "Days")} | {"Time": "Expires at"}
_STEP = 15.0
"""Seconds after which the summary looks at the clock again: the deadline is so far from now, whenever now is."""


def register(site: Site) -> None:
    """Serve the page."""

    @ui.page("/trades/new", **PAGE, reconnect_timeout=90)
    async def new_trade(request: Request) -> None:
        given = {**await _earlier(site, request), **request.query_params}
        with frame(site, request, "New trade", classes="page trades-page"):
            Block(
                "<h1>New trade</h1><p class=note>You are the seller. You can amend everything but the title, the"
                " currency and the unit, and extend the deadline, until one of you decides.</p>"
                f'<div class="note restored">{RESTORED}</div>',
            )
            with ui.element("div").classes("offer-form"):
                _OfferForm(site, request, given)


async def _earlier(site: Site, request: Request) -> dict[str, str]:
    """The fields of the trade of one's own that is to be offered again, if the address names one (`again`)."""
    viewer, code = viewer_of(request), request.query_params.get("again", "")
    standing = await attempt(site.trades.find(viewer, code), lambda _: None) if code else None
    if standing is None or standing.trade.role_of(viewer.person.id) is not Role.SELLER:
        return {}
    trade = standing.trade
    buyer = trade.buyer.name if trade.buyer is not None else trade.invited
    return {
        **as_typed(trade.terms, trade.currency),
        "title": trade.title,
        "buyer": "" if buyer == GONE else buyer,  # a deleted account is nobody's to invite
        "currency": trade.currency,
        "unit": trade.unit,
        "private": "" if trade.listed else "1",
    }


class _OfferForm:
    """The fields, and beside them what they amount to. A field tells what is in it once nobody types for a moment."""

    def __init__(self, site: Site, request: Request, given: Mapping[str, str]) -> None:
        self._site = site
        self._viewer = viewer_of(request)
        self._zone = zone_of(self._viewer)
        # What is typed belongs to a form that begins so: another trade's terms begin another one.
        self._kept = f"{self._viewer.person.id}/new/{request.url.query}"
        self._currency = site.settings.currency
        with ui.element("section").classes("card stack"):
            title = self._input("Title", given.get("title", ""), 'dir="auto" autofocus')
            description = ui.textarea("Description", value=given.get("description", ""))
            description.props(f'outlined autogrow {AT_A_PAUSE} dir="auto"')
            with ui.element("div").classes("money-row"):
                self._price = self._input("Price", given.get("price", ""), 'inputmode="decimal" hint="Per unit"')
                self._choice = Block(tag="div").classes("choice")
                quantity = self._input("Quantity", given.get("quantity", "1"), 'inputmode="numeric"')
            unit = self._input("Unit", given.get("unit", ""), 'dir="auto" hint="What one is, such as per pallet"')
            self._deadline = DeadlineField(
                site.settings.expiry_minutes,
                self._zone,
                site.now,
                self._show,
                labels=_EXPIRY,
                early="That time has passed.",
                kept=f"{self._kept}/minutes",
            )
            self._deadline.input.props(AT_A_PAUSE)
            buyer = self._input(
                "Buyer name", given.get("buyer", ""), 'dir="auto" hint="Empty: whoever opens your link first"'
            )
            with ui.element("div"):
                self._private = given.get("private", "" if site.settings.lists_trades else "1") in _TICKED
                box = Block(_BOX.format(Html(" checked") if self._private else ""))
                box.props["data-kept"] = f"{self._kept}/private"
                box.on("change", self._tick, js_handler=browser.tell_choice())
                Block(_PRIVATE).classes("note under-check")
        self._fields: dict[str, Field] = {
            "title": title,
            "description": description,
            "price": self._price,
            "quantity": quantity,
            "unit": unit,
            "minutes": self._deadline.input,
            "buyer": buyer,
        }
        keep(self._fields, self._kept)
        self._choice.props["data-kept"] = f"{self._kept}/currency"
        with ui.element("aside").classes("card recap").props('aria-label="Summary"'):
            self._summary = Block().classes("stack").props('aria-live="polite"')
            with ui.element("div").classes("dock"):
                self._problem = ui.label().classes("alert").props('role="alert"')
                self._problem.visible = False
                self._short = Block().classes("short").props('aria-hidden="true"')
                self._button = Button("Create trade")
                self._button.on("click", self._create, js_handler=typed.name_request(self._kept))
                self._button.props('unelevated no-caps type="submit" color="primary"').classes("wide")
        self._choice.on("change", self._choose, js_handler=browser.tell_choice())
        self._take_currency(given.get("currency", self._currency))
        self._choice.show(_currency_list(self._currency))
        attend(ui.context.client, self._begin, self._end)

    def _input(self, label: str, value: str, props: str) -> ui.input:
        return ui.input(label, value=value, on_change=self._show).props(f"outlined {AT_A_PAUSE} {props}")

    @property
    def _typed(self) -> dict[str, str]:
        return {name: text_of(field) for name, field in self._fields.items()}

    def _begin(self) -> None:
        self._clock = asyncio.create_task(self._follow_the_clock())

    def _end(self) -> None:
        self._clock.cancel()
        del self._clock  # it leads back here

    async def _follow_the_clock(self) -> None:
        while True:
            self._show()
            await asyncio.sleep(_STEP)

    def _choose(self, chosen: GenericEventArguments) -> None:
        self._take_currency(str(chosen.args))

    def _tick(self, ticked: GenericEventArguments) -> None:
        self._private = ticked.args is True
        self._show()

    def _take_currency(self, typed: str) -> None:
        """Calculate in this currency from now on. One that is none, in an address, changes nothing and is told."""
        try:
            self._currency = check_currency(typed)
        except Refusal as refusal:
            self._say(str(refusal))
        self._price.props["prefix"] = wording.sign(self._currency)
        self._show()

    def _say(self, sentence: str) -> None:
        self._problem.text = sentence
        self._problem.visible = bool(sentence)

    async def _create(self, event: GenericEventArguments) -> None:
        request = as_uuid(event.args)
        if not self._button.enabled or request is None:
            return
        mark(self._fields, {})
        self._say("")
        fields, no_deadline = self._typed, {}
        try:
            fields["minutes"] = str(self._deadline.minutes)
        except Refusal as refusal:
            # The use case hears of no deadline, and refuses that with all else; what is wrong with it we know better.
            fields["minutes"], no_deadline = "", dict(refusal.wrong)

        def refuse(refusal: Refusal) -> None:
            if not mark(self._fields, {**refusal.wrong, **no_deadline}):
                self._say(str(refusal))

        with busy(self._button):
            making = self._site.trades.create(
                self._viewer,
                request=uuid5(request, self._deadline.typed),
                currency=self._currency,
                private=self._private,
                **fields,
            )
            trade = await attempt(making, refuse)
        if trade is not None:
            self._button.enabled = False  # a press that is still on its way asks for nothing more
            ui.run_javascript(typed.forget(f"{self._kept}/"))
            # NiceGUI sends a script once its caller rests, and Firefox runs none any more when it leaves a page.
            await asyncio.sleep(0)
            ui.navigate.to(f"/room/{trade.code}")

    def _show(self) -> None:
        """Say what the fields amount to, with a dash for what cannot be told yet."""
        fields = self._typed
        total, sums, until, period = "–", Html("Price × quantity"), "–", ""
        try:
            terms = parse_terms(fields["price"], fields["quantity"], "", self._currency)
            total = wording.money(terms.total, self._currency)
            price = wording.price(terms.price, self._currency, check_unit(fields["unit"]))
            sums = Html("{} × {}").format(price, wording.number(terms.quantity))
        except Refusal:
            pass
        try:
            minutes, now = self._deadline.minutes, self._site.now()
            until = wording.clock_time(now + timedelta(minutes=minutes), self._zone, now.astimezone(self._zone).date())
            period = f"{wording.period(minutes)} from now"
        except Refusal:
            pass
        is_hidden = self._private or self._site.settings.dashboard == "off"
        self._summary.show(
            Html(
                '<h2>What the buyer will see</h2><p class="recap-title" dir="auto">{}</p>'
                "<div><p class=figure-label>Total</p><p class=total>{}</p><p class=note>{}</p></div>"
                "<dl><dt>Deadline</dt><dd>{}<span>{}</span></dd><dt>Buyer</dt><dd><bdi>{}</bdi></dd>"
                "<dt>Activity</dt><dd>{}</dd></dl>"
            ).format(
                fields["title"].strip()[:MAX_TITLE] or "–",
                total,
                sums,
                until,
                period,
                fields["buyer"].strip()[:100] or "Anybody with the link",
                "Private" if is_hidden else "Public",
            )
        )
        self._short.show(Html("<b>{}</b> <span>until {}</span>").format(total, until))


@lru_cache(200)
def _currency_list(chosen: str) -> Html:
    """The browser's own list of currencies, in the look of the fields beside it."""
    options = Html().join(
        Html('<option value="{}"{}>{} – {}</option>').format(
            code, Html(" selected") if code == chosen else "", code, name
        )
        for code, name in wording.currencies()
    )
    return Html('<span aria-hidden="true">Currency</span><select aria-label="Currency">{}</select>').format(options)
