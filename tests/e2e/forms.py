"""What every form has in common: Enter in any of its fields saves, and a password can be shown."""

from playwright.async_api import Error, Locator, Page

_CATCH = """() => {
    window.caught = 0;
    window.letGo = new AbortController();
    addEventListener('click', (e) => {
        if (e.target.closest('button:is([type=submit], :not([type]))')) window.caught++;
        e.preventDefault();
        e.stopImmediatePropagation();
    }, {capture: true, signal: window.letGo.signal});
}"""
"""A press of a button that saves is counted, and does nothing."""
_FIELDS = (
    ":is(input:is([type=text], [type=password], [type=email], :not([type])), textarea)"
    ":not(.composer *, .filter-row *, .dialog:has(.question) *):visible"
)
"""A message is sent otherwise, a search needs no Enter, and a question has to be answered first."""
_UNSHOWN = """[...document.querySelectorAll('input[autocomplete$=-password]')]
    .filter((field) => !field.closest('.box, .q-field')?.querySelector('.reveal')).map((field) => field.outerHTML)"""


async def _saves(field: Locator) -> bool:
    """Whether Enter, or Ctrl and Enter where that breaks the line, presses the form's button."""
    before = await field.page.evaluate("window.caught")
    is_text = await field.evaluate("field => field.matches('textarea')")
    await field.press("Control+Enter" if is_text else "Enter")
    try:
        await field.page.wait_for_function("(before) => window.caught > before", arg=before, timeout=1_000)
    except Error:
        return False
    return True


async def dead_fields(page: Page) -> list[str]:
    """The fields of the page, or of the dialog on it, in which Enter does nothing; and passwords without `Show`."""
    dialog = page.get_by_role("dialog")
    place = dialog.last if await dialog.count() else page.locator("body")
    await page.evaluate(_CATCH)
    dead = [field for field in await place.locator(_FIELDS).all() if not await _saves(field)]
    await page.evaluate("window.letGo.abort()")
    return [f"Enter does nothing: {await field.evaluate('field => field.outerHTML')}" for field in dead] + [
        f"cannot be shown: {field}" for field in await page.evaluate(_UNSHOWN)
    ]
