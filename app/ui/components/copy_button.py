"""What puts a link on the clipboard, and says so only when it is there."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from app.ui import browser
from app.ui.components.button import Button
from app.ui.components.dialog import buttons, dialog
from app.ui.components.html import Html
from app.ui.components.html_block import Block

COPY = "Copy link"
_BY_HAND = "This browser does not let a page copy. The link is selected: please copy it from there."
_BUTTON = Html('<button type="button" class="button {}" data-link="{}">{}</button>')
_SHARE = Html('<button type="button" class="button {} share-sheet">Share</button>')


def copy_button_html(link: str, look: str) -> Html:
    """The HTML of a button for a block that `copies`; `look` are its classes. The link itself stands in a `.link`."""
    return _BUTTON.format(look, link, COPY)


def share_button_html(look: str) -> Html:
    """The HTML of a button that hands the link of the block's copy button to the browser's sheet for sharing. The theme
    shows it where the browser has one."""
    return _SHARE.format(look)


def copies(block: Block) -> Block:
    """Let a press on the block's button copy the link."""
    return block.on("click", _tell, js_handler=browser.copy_link())


def copy_button(link: str) -> Button:
    """A button that copies a link which does not stand on the page."""
    button = Button(COPY).props("outline no-caps").classes("quiet")
    button.props["data-link"] = link
    return button.on("click", _tell, js_handler=browser.copy_link())


def _tell(told: GenericEventArguments) -> None:
    place = told.sender
    if told.args is True:
        ui.notify("Link copied", position="top", classes="toast")
        return
    if isinstance(place, Button):
        with dialog("Invitation link", _BY_HAND) as opened:
            place = Block(Html('<div class="link">{}</div>').format(place.props["data-link"]))
            with buttons():
                Button("Close", on_click=opened.close).props("flat no-caps").classes("quiet")
    else:
        ui.notify(_BY_HAND, position="top", classes="toast")
    ui.run_javascript(browser.select_link(place.id))
