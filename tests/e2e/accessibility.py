"""What axe-core finds on a page at four widths, in light and dark, and what can have the focus and does not show it."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_LOOKED_AT: tuple[tuple[int, int, Any], ...] = (
    (1440, 900, "light"),
    (768, 1024, "dark"),
    (390, 844, "light"),
    (320, 568, "dark"),
)
_FIND = """async () => {
    const {violations} = await axe.run({preload: false, resultTypes: ['violations']});
    return violations.flatMap(({id, nodes}) => nodes.map(({target, html, any}) =>
        `${id}: ${target.join(' ')} ${html.slice(0, 200)} ${any[0]?.message ?? ''}`));
}"""
_LAYERS = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.q-btn__content { z-index: auto !important; }');
    document.adoptedStyleSheets.push(sheet);
}"""
"""In what is fixed or sticky, axe-core 4.12 takes a flex item of z-index 0 for one that lies below its own button, and
sees another ground behind the words. There is no difference to the eye."""
_WITHOUT_RING = """() => {
    const places = (element) => {
        const all = [];
        for (let each = element; each && all.length < 7; each = each.parentElement) all.push(each);
        return all;
    };
    const ring = (element) => {
        const {outlineStyle, outlineWidth, outlineColor} = getComputedStyle(element);
        return outlineStyle === 'none' || parseFloat(outlineWidth) < 2 ? '' : outlineColor;
    };
    const dialog = [...document.querySelectorAll('[role=dialog], dialog')].at(-1) ?? document;
    const before = document.activeElement, bare = [];
    for (const each of dialog.querySelectorAll('a[href], button, input, textarea, select, [tabindex]')) {
        if (each.tabIndex < 0 || each.disabled || !each.checkVisibility({visibilityProperty: true})) continue;
        document.activeElement.blur();
        const around = places(each), without = around.map(ring);
        each.focus();
        if (document.activeElement !== each || around.every((place, at) => ring(place) === without[at]))
            bare.push(each.outerHTML.slice(0, 200));
    }
    before.focus?.();
    return bare;
}"""


async def _violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it is."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(Axe().axe_script)
        await page.evaluate(_LAYERS)
    found: list[str] = await page.evaluate(_FIND)
    return found


async def _without_ring(page: Page) -> list[str]:
    """What can have the focus by the keyboard and does not show it, in any theme."""
    found: list[str] = []
    await page.keyboard.press("Shift")  # from here on the focus is a keyboard's
    themes: tuple[dict[str, Any], ...] = (
        {"color_scheme": "dark"},
        {"color_scheme": "light"},
        {"forced_colors": "active"},
        {"forced_colors": "none"},
    )
    for theme in themes:
        await page.emulate_media(**theme)
        found += [f"{theme}: no ring on {each}" for each in await page.evaluate(_WITHOUT_RING)]
    return found


async def faults(page: Page) -> dict[str, list[str]]:
    """What is wrong with a page that is shown, and where, if it depends on width and theme; it keeps its size."""
    found: dict[str, list[str]] = {}
    own_size = page.viewport_size
    await page.bring_to_front()
    for width, height, scheme in _LOOKED_AT:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme)
        for each in await _violations(page):
            found.setdefault(each, []).append(f"{width} {scheme}")
    await page.set_viewport_size(own_size or {"width": 1280, "height": 720})
    return found | {each: [] for each in await _without_ring(page)}
