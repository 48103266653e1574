"""The machine's Chromium, started for tests."""

import shutil

from playwright.async_api import Browser, Playwright

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


def program() -> str | None:
    """Where Chromium is; None where there is none on the PATH."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


async def launch(playwright: Playwright) -> Browser:
    """Start it, or Playwright's own where the machine has none; without either it fails."""
    options = ["--no-sandbox", f"--disable-features={','.join(_UNUSED)}"]
    return await playwright.chromium.launch(executable_path=program(), args=options)
