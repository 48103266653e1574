"""`app.ui.http.receipt_pdf` on a machine that has our packages' fonts alone, without those of the last argument.

Only those scripts are looked for that a package which is always installed has a font for.
"""

import sys
from types import SimpleNamespace

import typst

from app.ui.http import fonts, receipt_pdf

ALWAYS = ("Latin", "Greek", "Cyrillic", "Hebrew", "Arabic", "Devanagari", "Bengali", "Tamil", "Telugu", "Thai", "Khmer")


def _fonts(*, include_system_fonts: bool, **others: object) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, **others)  # type: ignore[arg-type]


if __name__ == "__main__":
    *arguments, without = sys.argv[1:]
    fonts.typst = SimpleNamespace(Fonts=_fonts)  # type: ignore[assignment, attr-defined]
    fonts._SCRIPTS = {name: fonts._SCRIPTS[name] for name in ALWAYS}
    fonts.PACKAGES = tuple(each for each in fonts.PACKAGES if each not in without.split(","))  # type: ignore[assignment]
    receipt_pdf.main(arguments)
