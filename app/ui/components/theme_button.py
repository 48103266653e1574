"""The button that changes the theme: the system's, light, or dark."""

from app.ui.components.html import Html

DRAWINGS = {
    "system": "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20zm0 2v16a8 8 0 0 1 0-16z",
    "light": "M12 7a5 5 0 1 0 0 10a5 5 0 1 0 0-10zM11 1h2v3h-2zM11 20h2v3h-2zM1 11h3v2H1zM20 11h3v2h-3z"
    "M4.2 5.6l1.4-1.4 2.1 2.1-1.4 1.4zM16.3 17.7l1.4-1.4 2.1 2.1-1.4 1.4z"
    "M18.4 4.2l1.4 1.4-2.1 2.1-1.4-1.4zM6.3 16.3l1.4 1.4-2.1 2.1-1.4-1.4z",
    "dark": "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
}
"""Each theme's picture, in the order in which a press goes from one to the next. Drawn: a font of icons would be half
of what a page loads."""
_BUTTON = Html(
    '<button type="button" class="button plain theme" value="{theme}" aria-label="Theme: {theme}"'
    ' title="Theme: {theme}"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="{drawing}"/></svg></button>'
)
BUTTONS = {theme: _BUTTON.format(theme=theme, drawing=drawing) for theme, drawing in DRAWINGS.items()}
"""The button by the theme that it shows; what a press does stands in `browser.theme`."""
