"""Writes the table of `app/domain/confusables.py` anew, from ICU's spoof checker, the reference for UTS 39.

It needs `icu4py`, whose wheels hold ICU, in an environment of its own, since nothing else of ours does:

    python3 -m venv .venv-icu && .venv-icu/bin/python -m pip install icu4py
    .venv-icu/bin/python -m tests.confusables

A new Unicode can give names another skeleton, so the next migration has to fill `users.name_skeleton`
and `users.name_capitals` anew then.
"""

import ctypes
import re
import sys
from collections import defaultdict
from importlib.metadata import distribution
from pathlib import Path
from unicodedata import category, normalize

TARGET = Path(__file__).parents[1] / "app" / "domain" / "confusables.py"
WIDTH = 112
VERSION = re.compile(r"as ICU \S+ has it")
TABLE = re.compile(r"(?<=^_TABLE = \(\n).*?(?=^\)$)", re.MULTILINE | re.DOTALL)


class SpoofChecker:
    """ICU's, called in the library that `icu4py` brings."""

    def __init__(self) -> None:
        files = {str(file.name): str(file.locate()) for file in distribution("icu4py").files or []}
        libraries = [
            ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
            for stem in ("libicudata", "libicuuc", "libicui18n")
            for name, path in files.items()
            if name.startswith(f"{stem}-")
        ]
        self.version = next(name for name in files if name.startswith("libicudata")).split(".so.")[1]
        major, error = self.version.split(".")[0], ctypes.c_int(0)
        start = getattr(libraries[-1], f"uspoof_open_{major}")
        start.restype = ctypes.c_void_p
        self._checker = ctypes.c_void_p(start(ctypes.byref(error)))
        self._skeleton = getattr(libraries[-1], f"uspoof_getSkeletonUTF8_{major}")

    def skeleton(self, text: str) -> str:
        """The skeleton of a text."""
        given, room, error = text.encode(), ctypes.create_string_buffer(1000), ctypes.c_int(0)
        length = self._skeleton(self._checker, 0, given, len(given), room, len(room), ctypes.byref(error))
        if error.value > 0:
            raise RuntimeError(f"ICU refuses {text!a}: {error.value}")
        return room.raw[:length].decode()


def main() -> None:
    """Write the table, and of which version it is."""
    checker = SpoofChecker()
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        if category(character) == "Cs" or character.isspace() or normalize("NFKD", character) != character:
            continue
        prototype = checker.skeleton(character)
        if prototype not in {"", character}:
            groups["+".join(f"{ord(one):X}" for one in prototype)].append(f"{number:X}")
    table = ";".join(f"{prototype}:{','.join(characters)}" for prototype, characters in groups.items())
    lines = "".join(f'    "{table[n : n + WIDTH]}"\n' for n in range(0, len(table), WIDTH))
    module = VERSION.sub(f"as ICU {checker.version} has it", TARGET.read_text(), count=1)
    TARGET.write_text(TABLE.sub(lines, module, count=1))


if __name__ == "__main__":
    main()
