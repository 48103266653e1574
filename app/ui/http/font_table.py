"""Which characters a font has: its table of characters, without the rest of the font.

The format is that of the OpenType specification, "cmap", subtables 4 and 12, which every font for Unicode has. Read by
ourselves, because a machine may have hundreds of fonts and a receipt waits meanwhile: 1 ms for each.
"""

import struct
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

Ranges = list[tuple[int, int]]
"""First and last code points."""
_UNICODE = {(0, 3): 1, (3, 1): 2, (0, 4): 3, (0, 6): 3, (3, 10): 4}
"""Platforms and encodings that mean Unicode; the greater one has more of it."""


def characters(path: Path, index: int) -> Ranges:
    """What the font of this index within the file can show. Raises `ValueError` where it is no font that says so."""
    try:
        with path.open("rb") as font:
            return list(_joined(_subtable(font, index)))
    except (OSError, struct.error, IndexError) as error:
        raise ValueError(f"{path.name}: {error}") from None


def _read(font: BinaryIO, at: int, form: str) -> tuple[int, ...]:
    font.seek(at)
    return struct.unpack(form, font.read(struct.calcsize(form)))


def _subtable(font: BinaryIO, index: int) -> Iterator[tuple[int, int]]:
    start = 0
    if _read(font, 0, ">I")[0] == int.from_bytes(b"ttcf"):
        start = _read(font, 12 + 4 * index, ">I")[0]
    for number in range(_read(font, start + 4, ">H")[0]):
        tag, _, cmap, _ = _read(font, start + 12 + 16 * number, ">4I")
        if tag == int.from_bytes(b"cmap"):
            break
    else:
        raise ValueError("no table of characters")
    best = (0, 0)
    for number in range(_read(font, cmap + 2, ">H")[0]):
        platform, encoding, offset = _read(font, cmap + 4 + 8 * number, ">HHI")
        if _read(font, cmap + offset, ">H")[0] in {4, 12}:
            best = max(best, (_UNICODE.get((platform, encoding), 0), cmap + offset))
    if not best[0]:
        raise ValueError("no table of Unicode characters")
    return _groups(font, best[1]) if _read(font, best[1], ">H")[0] == 12 else _segments(font, best[1])  # noqa: PLR2004 - the format


def _groups(font: BinaryIO, at: int) -> Iterator[tuple[int, int]]:
    """Format 12: first, last, and the glyph of the first; glyph 0 means that there is none."""
    count = _read(font, at + 12, ">I")[0]
    for first, last, glyph in struct.iter_unpack(">3I", _bytes(font, at + 16, 12 * count)):
        if first + (not glyph) <= last:
            yield first + (not glyph), last


def _segments(font: BinaryIO, at: int) -> Iterator[tuple[int, int]]:
    """Format 4: arrays of lasts, firsts, deltas and offsets; an offset leads to glyphs of which some may be 0."""
    length, _, twice = _read(font, at + 2, ">3H")
    words = array("H", _bytes(font, at, length // 2 * 2))
    if struct.pack("=H", 1) != struct.pack(">H", 1):
        words.byteswap()
    count = twice // 2
    lasts, firsts, deltas, offsets = 7, 8 + count, 8 + 2 * count, 8 + 3 * count
    for number in range(count):
        first, last, delta = words[firsts + number], words[lasts + number], words[deltas + number]
        offset, here = words[offsets + number], offsets + number
        for code in range(first, last + 1):
            if code != 0xFFFF and (words[here + offset // 2 + code - first] if offset else (code + delta) & 0xFFFF):  # noqa: PLR2004 - no character
                yield code, code


def _bytes(font: BinaryIO, at: int, count: int) -> bytes:
    font.seek(at)
    return font.read(count)


def _joined(ranges: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Neighbours as one, in their order."""
    begin, end = -2, -2
    for first, last in sorted(ranges):
        if first <= end + 1:
            end = max(end, last)
        else:
            if begin >= 0:
                yield begin, end
            begin, end = first, last
    if begin >= 0:
        yield begin, end
