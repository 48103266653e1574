"""NiceGUI names the scripts of all its large elements (charts, maps, editors) in every page, whether or not one is
there; Traderoom uses none of them, so they are named nowhere and served to nobody.

Brings: 2.3 kB of every page's HTML. Without it: larger pages, nothing else.
"""

from nicegui import dependencies

TOUCHES = ("nicegui.dependencies:esm_modules",)


def apply() -> None:
    """Forget them."""
    dependencies.esm_modules.clear()
