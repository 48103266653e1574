"""What pages do not load any more: styles of elements that no page has, a font of icons, a script to purify HTML."""

import re
from pathlib import Path

import pytest

import app
from app.patches import styles, template
from app.patches.internals import Missing
from tests.ui.browser import Browser

PURIFIED = re.compile(r"\bui\.(html|markdown|restructured_text|chat_message|log|mermaid|plotly|codemirror)\(")
"""NiceGUI's elements that show HTML, or are made of one that does."""
LEFT = [
    "q-field__native", "q-btn--outline", "q-dialog__inner", "q-notification", "desktop", "row", "text-white",
    "bg-primary", "q-loading-bar", "q-focus-helper", "nicegui-error-popup", "q-textarea", "text-negative",
]  # fmt: skip
GONE = ["q-table", "q-stepper__tab", "q-tree", "bg-red-5", "text-blue-grey-14", "col-xs-1", "shadow-24", "q-pa-md"]


async def test_a_page_names_our_styles_and_neither_a_font_nor_the_purifier(sam: Browser) -> None:
    text = (await sam.get("/trades")).text
    (address,) = re.findall(r'@import url\("(/quasar\.css\?\w+)"\);', text)
    answer = await sam.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert answer.content == styles.rules()
    assert text.count("@import") == 1
    assert "fonts.css" not in text
    assert "import DOMPurify" not in text


def test_of_the_styles_those_are_left_that_a_page_can_need() -> None:
    rules = styles.rules().decode()
    for name in LEFT:
        assert re.search(rf"\.{name}(?![\w-])", rules), name
    for name in GONE:
        assert not re.search(rf"(?<!:not\()\.{name}(?![\w-])", rules), name
    assert [rules.count(f"@layer {layer} ") for layer in styles._LAYERS.values()] == [1, 1, 1]
    assert rules.count("{") == rules.count("}")


def test_a_rule_loses_only_what_no_page_has() -> None:
    kept = ".q-field,.q-table .q-field,.q-field:not(.q-select),.q-tabs{color:red}"
    assert styles._RULE.sub(styles._needed, kept) == ".q-field,.q-field:not(.q-select){color:red}"
    assert styles._RULE.sub(styles._needed, "@media print{.q-tabs{color:red}}") == "@media print{}"


def test_no_page_has_what_would_need_the_purifier() -> None:
    for path in Path(app.__path__[0]).rglob("*.py"):
        if path.parent.name != "patches":
            assert not PURIFIED.search(path.read_text()), path


def test_what_is_not_in_the_template_is_missed() -> None:
    with pytest.raises(Missing, match="no 'no such line'"):
        template.write("", instead_of="no such line")
    with pytest.raises(Missing):
        template.write("", instead_of="</script>")
