"""Keys that press a button or go to a field, and the list of them.

A button or field names its key in `aria-keyshortcuts`; the browser does the rest (`browser.shortcuts`).
"""

from app.ui.components.html import Html

MESSAGE, OFFER, ACCEPT = "/", "o", "a"
_KEYS = (  # what Enter does is no single key, and acts in dialogs: `browser.keyboard.save_on_enter`
    (MESSAGE, "Write a message"),
    (OFFER, "Make an offer"),
    (ACCEPT, "Accept the deal, after you confirm it"),
    ("Enter", "Hand in what you typed"),
    ("Ctrl+Enter", "The same, where Enter breaks the line"),
    ("?", "This list"),
)
SHORTCUTS = Html(
    '<dialog class="card dialog keys" aria-labelledby="keys"><form method="dialog" class="stack">'
    '<h2 id="keys">Keyboard shortcuts</h2><dl class="frozen">{}</dl>'
    '<label class="check"><input type="checkbox">Single keys act in a room</label>'
    '<div class="actions"><button class="button">Close</button></div></form></dialog>'
).format(Html().join(Html("<div><dt>{}</dt><dd><kbd>{}</kbd></dd></div>").format(does, key) for key, does in _KEYS))
"""The list, and the switch to do without."""
BUTTON = Html('<button type="button" class="button plain shortcuts">Keyboard shortcuts</button>')
"""Opens the list."""
