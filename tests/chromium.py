"""The machine's Chromium, started for tests.

Where there is the shell that Debian and Playwright build of it, without windows, tabs and an address bar, most tests
take that: pages are the same, and cost 0.6 times the work. Journeys are made in the browser that people use.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Playwright, async_playwright

_SHELL = "chromium-headless-shell"
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_UNUSED = (
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
    # What Playwright leaves out and pages would notice: of two such lists the browser reads the last.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
"""Parts of the browser that no test looks at. The address bar's popups are pages of their own, made for every context:
0.6 s of CPU each, more than a first visit to a room."""


def program(*, whole: bool = True) -> str | None:
    """Where Chromium is, or its shell where the `whole` is not needed; None where there is none on the PATH."""
    return next(filter(None, map(shutil.which, _PROGRAMS if whole else (_SHELL, *_PROGRAMS))), None)


async def launch(playwright: Playwright, *, whole: bool = True) -> Browser:
    """Start it, or Playwright's own where the machine has none; without either it fails."""
    options = ["--no-sandbox", f"--disable-features={','.join(_UNUSED)}"]
    return await playwright.chromium.launch(executable_path=program(whole=whole), args=options)


@asynccontextmanager
async def started(*, whole: bool) -> AsyncIterator[Browser]:
    """It, closed in the end."""
    async with async_playwright() as playwright:
        browser = await launch(playwright, whole=whole)
        yield browser
        await browser.close()
