"""A form of plain HTML, which needs no script."""

from app.ui.components.html import Html

_FIELD = Html(
    '<div class="field"><label for="{name}">{label}</label><div class="box">'
    '<input id="{name}" name="{name}" value="{value}" autofocus required {more}>{beside}</div>{wrong}</div>'
)
WRONG = Html('<p class="help" id="{}-help" role="alert">{}</p>')
"""What is wrong with a field, by its name."""


def form(button: str, *parts: Html, action: str = "", look: str = "button wide") -> Html:
    """A form that posts to its own address unless told."""
    return Html('<form method="post" action="{}" class="stack">{}<button class="{}">{}</button></form>').format(
        action, Html().join(parts), look, button
    )


def field(label: str, name: str, more: str, *, value: str = "", wrong: str = "", beside: str = "") -> Html:
    """A field, with what is wrong below it. `more` are attributes; `beside` stands in its box."""
    if wrong:
        more += f' aria-invalid="true" aria-describedby="{name}-help"'
    said = WRONG.format(name, wrong) if wrong else ""
    return _FIELD.format(label=label, name=name, value=value, more=Html(more), beside=beside, wrong=said)
