"""The fonts of receipts: those of our packages first, then those of this machine, each only where it is needed.

Whoever takes text out of a PDF again gets what the typesetter noted beside the signs. Where a font lifts or lowers a
mark, typst 0.15 notes the letter again with the mark. So our packages are those whose fonts seldom do; Khmer's does.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import typst

from app.ui.http.font_table import Ranges, characters

PACKAGES = (
    "fontpkg_noto_sans",
    "fontpkg_amiri",  # Arabic; Noto's sets the dots of letters apart, after which typst writes each letter twice
    "fontpkg_noto_sans_devanagari",
    "fontpkg_noto_sans_tamil",
    "fontpkg_noto_sans_telugu",
    "fontpkg_noto_sans_thai",
    "fontpkg_noto_sans_khmer",
    "fontpkg_heebo",
    "fontpkg_hind_siliguri",
    "noto_cjk_sans_jp_regular",  # the optional extra "cjk"
)
_INSIDE = {
    # DejaVu Sans Mono 2.37, the one of typst's own that has more than Latin, Greek and Cyrillic. It names no file.
    "DejaVu Sans Mono": [(0x0531, 0x0556), (0x0559, 0x055F), (0x0561, 0x0587), (0x0589, 0x058A), (0x10D0, 0x10FC)]
}
_SHOW_ANYTHING = ("lastresort", "last resort", "adobe blank", "unifont")
"""Families whose signs stand for any character rather than being it."""
_SCRIPTS = {
    "Latin": "aÅđǾệ",
    "Greek": "αΩἀ",
    "Cyrillic": "яЖѣ",
    "Hebrew": "אתםָ",
    "Arabic": "ابپۀ",
    "Devanagari": "कक्षि",
    "Bengali": "কক্ষি",
    "Tamil": "கொ",
    "Telugu": "కొక్ష",
    "Thai": "กิ๊ำ",
    "Khmer": "កម្ពុ",
    "Georgian": "აჰ",
    "Armenian": "Աֆև",
    "Chinese": "中國国買",
    "Japanese": "あア日本",
    "Korean": "가힣한",
    "Emoji": "😀🎉👍",
}
"""Letters without which nobody can write in a script."""


@dataclass(frozen=True)
class Family:
    """Fonts of one name, which differ in weight or style."""

    name: str
    #: Of each of its files the path and the index within, since a file may hold several fonts.
    files: list[tuple[str, int]] = field(default_factory=list)

    @cached_property
    def _ranges(self) -> list[Ranges]:
        return list(self._read()) or [_INSIDE.get(self.name, [])]

    def _read(self) -> Iterator[Ranges]:
        for path, index in self.files:
            try:
                yield characters(Path(path), index)
            except ValueError:
                yield []

    def has(self, character: str) -> bool:
        """Whether each of its files has it: which of them is taken depends on the weight."""
        return all(_hold(ranges, ord(character)) for ranges in self._ranges)


def _hold(ranges: Ranges, number: int) -> bool:
    """Whether a code point lies in one of these ranges, which are in order."""
    at = bisect_right(ranges, (number, 0x110000))
    return at > 0 and ranges[at - 1][1] >= number


@dataclass(frozen=True)
class Choice:
    """The fonts for some characters."""

    fonts: typst.Fonts
    #: Names of families, in the order in which they are asked.
    families: list[str]
    #: The characters that none of them has.
    missing: set[str]


def choose(wanted: Iterable[str]) -> Choice:
    """The fonts to set these characters in. This machine's are looked at only where our packages' are not enough."""
    wanted = set(wanted)
    ours = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=_folders())
    choice = _choose(ours, wanted)
    if not choice.missing:
        return choice
    all_fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=_folders())
    return _choose(all_fonts, wanted)


def scripts_without_font() -> list[str]:
    """The names of scripts of which this machine cannot show every letter."""
    missing = choose("".join(_SCRIPTS.values())).missing
    return [name for name, letters in _SCRIPTS.items() if missing & set(letters)]


def _choose(fonts: typst.Fonts, wanted: set[str]) -> Choice:
    families: list[str] = []
    missing = set(wanted)
    for family in _in_order(fonts, wanted):
        found = {character for character in missing if family.has(character)}
        if found or not families:  # the first one sets our own words, which may be nobody's
            families.append(family.name)
            missing -= found
        if not missing:
            break
    return Choice(fonts, families, missing)


def _in_order(fonts: typst.Fonts, wanted: set[str]) -> list[Family]:
    """Families, the best first."""
    families: dict[str, Family] = {}
    ours = {str(folder) for folder in _folders()}
    packaged = set()
    for font in fonts.fonts():
        if font.style != "normal" or any(name in font.family.casefold() for name in _SHOW_ANYTHING):
            continue
        family = families.setdefault(font.family, Family(font.family))
        if font.path is not None:
            family.files.append((font.path, font.index))
            if any(font.path.startswith(folder) for folder in ours):
                packaged.add(font.family)
    chinese = _cjk_preferred(wanted)

    def rank(name: str) -> tuple[bool, ...]:
        plain = name.startswith(("Noto Sans", "DejaVu Sans")) and not name.endswith(("Display", "UI", "Condensed"))
        return (
            name != "Noto Sans",
            name not in packaged,
            not plain or " Mono" in name,
            name != chinese,
            not name.startswith("Noto"),
            "Mono" in name,
        )

    return sorted(families.values(), key=lambda family: (rank(family.name), family.name))


def _cjk_preferred(wanted: set[str]) -> str:
    """The family whose forms of the characters that Chinese, Japanese and Korean share are those of the text."""
    if any("\u3040" <= letter <= "\u30ff" for letter in wanted):
        return "Noto Sans CJK JP"
    return "Noto Sans CJK KR" if any("\uac00" <= letter <= "\ud7a3" for letter in wanted) else "Noto Sans CJK SC"


def _folders() -> list[Path]:
    """Where our packages have their fonts."""
    found = []
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            folder = Path(spec.origin).resolve().parent
            found.append(folder / "files" if (folder / "files").is_dir() else folder)
    return found
