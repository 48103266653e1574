"""A field for a password, with the button in it that shows what is typed there (`browser.show_password`)."""

from nicegui import ui

from app.ui.components.html import Html
from app.ui.components.html_block import Block

REVEAL = Html(
    '<button type="button" class="reveal" aria-pressed="false">Show<span class="for-readers"> password</span></button>'
)
"""The button; without a script it is not there."""


def password_field(label: str, autocomplete: str) -> ui.input:
    """Show one on a live page; `autocomplete` is HTML's word for whether it is the current password or a new one."""
    field = ui.input(label).props(f'outlined type="password" autocomplete="{autocomplete}"')
    with field.add_slot("append"):
        Block(REVEAL).classes("as-children")
    return field
