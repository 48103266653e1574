"""Links in what people typed: addresses that begin with http:// or https://, and nothing else."""

from functools import lru_cache

from linkify_it import LinkifyIt
from markupsafe import escape

from app.ui.components.html import Html

_FINDER = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
for _scheme in ("ftp:", "mailto:", "//"):
    _FINDER.add(_scheme, None)
_LINK = Html('<a href="{0}" target="_blank" rel="noopener nofollow" title="Opens in a new tab">{0}</a>')


def linked(text: str) -> Html:
    """The text, escaped, with its addresses as links; it reads as it was typed. Most texts cost no look."""
    return _linked(text) if "://" in text else Html(escape(text))


@lru_cache(1_000)
def _linked(text: str) -> Html:
    pieces, end = [], 0
    for found in _FINDER.match(text) or ():
        if _is_plain(found.text):
            pieces += [escape(text[end : found.index]), _LINK.format(found.text)]
            end = found.last_index
    return Html().join([*pieces, escape(text[end:])])


def _is_plain(address: str) -> bool:
    """Whether the address leads where it seems to: no character that is not seen or turns the others around (Cf), and
    no name before the host (``https://bank.example@elsewhere.example``)."""
    host = address.partition("://")[2].replace("\\", "/").partition("/")[0]
    return address.isprintable() and address.lower().startswith(("http://", "https://")) and "@" not in host
