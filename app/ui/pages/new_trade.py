"""``/trades/new``: draft an offer."""

from uuid import uuid4

from fastapi import Request
from nicegui import ui

from app.domain.refusals import Refusal
from app.ui.components import wording
from app.ui.components.button import Button
from app.ui.components.feedback import Field, attempt, busy, mark, text_of
from app.ui.components.html_block import Block
from app.ui.http.requests import viewer_of
from app.ui.pages.layout import PAGE, frame
from app.ui.site import Site


def register(site: Site) -> None:
    """Serve the page."""

    @ui.page("/trades/new", **PAGE, reconnect_timeout=90)
    def new_trade(request: Request) -> None:
        with frame(site, request, "New trade", classes="page form-page"):
            Block(
                "<h1>New trade</h1><p class=note>You are the seller. You can amend everything but the title, and"
                " extend the deadline, until one of you decides.</p>",
            )
            _offer_form(site, request)


def _offer_form(site: Site, request: Request) -> None:
    viewer, name = viewer_of(request), uuid4()
    with ui.element("section").classes("card stack"):
        title = ui.input("Title").props('outlined autofocus dir="auto"')
        description = ui.textarea("Description").props('outlined autogrow dir="auto"')
        with ui.element("div").classes("pair"):
            price = ui.input("Price").props(
                f'outlined prefix="{wording.sign(site.settings.currency)}" inputmode="decimal" hint="Per unit"'
            )
            quantity = ui.input("Quantity", value="1").props('outlined inputmode="numeric"')
        with ui.element("div").classes("pair"):
            buyer = ui.input("Buyer name").props('outlined dir="auto" hint="Empty: whoever opens your link first"')
            minutes = ui.input("Expires in (minutes)", value=str(site.settings.expiry_minutes)).props(
                'outlined inputmode="numeric"'
            )
        problem = ui.label().classes("alert").props('role="alert"')
        problem.visible = False
        fields: dict[str, Field] = {
            "title": title,
            "description": description,
            "price": price,
            "quantity": quantity,
            "buyer": buyer,
            "minutes": minutes,
        }

        def refuse(refusal: Refusal) -> None:
            if not mark(fields, refusal.wrong):
                problem.text = str(refusal)
                problem.visible = True

        async def create() -> None:
            if not button.enabled:
                return
            mark(fields, {})
            problem.visible = False
            with busy(button):
                typed = {key: text_of(field) for key, field in fields.items()}
                making = site.trades.create(
                    viewer,
                    request=name,
                    currency=site.settings.currency,
                    private=not site.settings.lists_trades,
                    **typed,
                )
                trade = await attempt(making, refuse)
            if trade is not None:
                ui.navigate.to(f"/room/{trade.code}")

        button = Button("Create trade", on_click=create).props('unelevated no-caps color="primary"').classes("wide")
        for field in (title, price, quantity, buyer, minutes):
            field.on("keydown.enter", create)
