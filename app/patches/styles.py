"""Of the styles that NiceGUI brings, pages fetch the rules that an element of ours can have, in one file; and no font:
ours are the system's, and icons are drawn (SVG).

A rule goes when each of its selectors names a class of an element or of a palette that no page has. What is not known
here stays. `tests/e2e/test_styles.py` compares how everything looks with and without.

Brings: 42 kB of a first visit in four requests, and the 129 kB of the icons' font. Without it: larger, nothing else.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

import nicegui

from app.patches.internals import Missing
from app.patches.template import write

TOUCHES = ("nicegui.client:templates",)
PATH = "/quasar.css"
"""Where they are served."""
_STATIC = Path(nicegui.__file__).with_name("static")
_LAYERS = {
    "quasar.unimportant.prod.css": "quasar",
    "quasar.important.prod.css": "quasar_importants",
    "nicegui.css": "nicegui",
}
"""Each file, and the layer that the template has it in."""
_IMPORTS = r'@import url\("[^"]+/static/fonts\.css"\).*?@import url\("[^"]+/static/nicegui\.css"\) layer\(nicegui\);'
_FLOATING_BUTTONS = r'\[dir="rtl"\] \.q-fab__actions--right \{.*?(?=\.q-position-engine)'
"""Rules of the template's own, for another element that no page has."""
_ELEMENTS = (
    "avatar|badge|banner|bar|bottom-sheet|breadcrumbs|btn-dropdown|btn-group|btn-toggle|card|carousel|checkbox|chip|"
    "circular-progress|color-picker|date|drawer|editor|expansion-item|fab|file|footer|header|img|inner-loading|item|knob|"
    "linear-progress|list|markup-table|menu|message|morph|option|option-group|pagination|parallax|popup-edit|"
    "pull-to-refresh|radio|range|rating|responsive|scrollarea|select|separator|skeleton|slide-item|slider|splitter|"
    "stepper|tab|table|tabs|tab-panel|time|timeline|toggle|toolbar|tooltip|tree|uploader|video|virtual-scroll"
)
_COLOURS = (
    "red|pink|purple|deep-purple|indigo|blue|light-blue|cyan|teal|green|light-green|lime|yellow|amber|orange|deep-orange|"
    "brown|grey|blue-grey"
)
_ABSENT = re.compile(
    rf"\.(?:q-(?:{_ELEMENTS})|q-(?:col-)?gutter(?:-[xy])?|q-[mp][abtlrxy]"  # elements; distances
    rf"|(?:text|bg)-(?:{_COLOURS})|shadow|inset-shadow|animate|(?:col|offset|order)-\w+"
    r"|(?:row|column|flex|items|justify|content|self|inline)-(?:xs|sm|md|lg|xl)|cordova|capacitor|electron"
    r")(?![a-z0-9])(?:[-_][\w-]*)?"
)
_NOT = re.compile(r":not\([^)]*\)")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_EMPTY = re.compile(r"@media[^{}]+\{\s*\}")


def apply() -> None:
    """Let the template name what is left of them, at the same place: within a layer, the last of two rules wins."""
    missing = [name for name in _LAYERS if not (_STATIC / name).is_file()]
    if missing:
        raise Missing(f"NiceGUI has no {missing[0]} any more")
    tag = hashlib.sha256(rules()).hexdigest()[:16]
    write("", instead_of=_FLOATING_BUTTONS)
    write(f'@import url("{PATH}?{tag}");', instead_of=_IMPORTS)


@cache
def rules() -> bytes:
    """What is served there: what is left of them, each in its layer."""
    layers = (
        f"@layer {layer} {{{_EMPTY.sub('', _RULE.sub(_needed, (_STATIC / name).read_text('utf-8')))}}}"
        for name, layer in _LAYERS.items()
    )
    return "\n".join(layers).encode()


def _needed(rule: re.Match[str]) -> str:
    selectors = [each for each in rule[1].split(",") if not _ABSENT.search(_NOT.sub("", each))]
    return f"{','.join(selectors)}{{{rule[2]}}}" if selectors else ""
