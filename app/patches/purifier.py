"""NiceGUI has every page fetch a script (DOMPurify) that makes foreign HTML harmless, for those of its elements that
show some (`ui.html`, `ui.markdown`). Ours show HTML that is escaped on the server (`Html`); none of these is used.

Brings: 13 kB of a first visit, and one round trip more before anything is shown. Without it: larger, nothing else.
"""

from app.patches.template import write

TOUCHES = ("nicegui.client:templates",)
_PURIFIER = (
    r'import DOMPurify from "dompurify";\s+Element\.prototype\.setHTML = function \(html\) \{'
    r"\s+this\.innerHTML = DOMPurify\.sanitize\(html\);\s+\};"
)


def apply() -> None:
    """Leave it out."""
    write("", instead_of=_PURIFIER)
