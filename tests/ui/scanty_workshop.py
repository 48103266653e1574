"""A workshop on a machine with few fonts; as a program, `main.py` that has such a one."""

import sys
from collections.abc import AsyncIterable
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[2])

from app.ui.http import receipt_pdf, workshop

WITHOUT = "fontpkg_noto_sans_thai"
"""Whose fonts the program does without."""


class ScantyWorkshop(workshop.Workshop):
    """Without the fonts of these packages, whose names have commas between."""

    def __init__(self, without: str = WITHOUT) -> None:
        super().__init__()
        self._without = without

    async def make(self, module: str, *arguments: str, material: AsyncIterable[bytes] | bytes = b"") -> bytes:
        """What a program writes that has no other fonts."""
        assert module == receipt_pdf.__name__
        return await super().make("tests.ui.few_fonts", *arguments, self._without, material=material)


if __name__ == "__main__":
    bootstrap = import_module("app.bootstrap")
    assert bootstrap.Workshop is workshop.Workshop
    bootstrap.Workshop = ScantyWorkshop  # type: ignore[attr-defined]
    import_module("app.cli").main()
