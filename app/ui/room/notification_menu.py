"""The menu in which somebody chooses how a hidden tab calls them."""

from nicegui import ui

from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.live.connection import attend

_MENU = Html(
    '<button type="button" class="button plain" popovertarget="notifications" aria-label="Notifications"'
    ' title="Notifications"></button><div id="notifications" class="notify" popover>'
    '<p class="note">While this tab is hidden you can be told of an offer, a request, an acceptance, five minutes left'
    ' and the end.</p><button type="button" class="button outline">Turn on notifications</button>'
    '<p class="note" role="status"></p>'
    '<label class="check"><input type="checkbox" name="figures"> Show prices in notifications</label>'
    '<label class="check"><input type="checkbox" name="sound"> Play a sound</label></div>'
)
"""What the browser does with it stands in `notifications.hear_news`; its choices are kept there."""


def notification_menu() -> None:
    """A button and its menu. They come when the page is live: before that nothing could be notified."""
    menu = Block().classes("bell")
    attend(ui.context.client, lambda: menu.show(_MENU), lambda: None)
