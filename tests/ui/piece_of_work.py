"""A program for the workshop's tests: what it does is its first argument."""

import json
import os
import sys
import time
from pathlib import Path

match sys.argv[1:]:
    case ["echo"]:
        sys.stdout.buffer.write(sys.stdin.buffer.read())
    case ["environment"]:
        sys.stdout.write(json.dumps(list(os.environ)))
    case ["sleep", seconds]:
        time.sleep(float(seconds))
    case ["count", place]:
        mine = Path(place) / str(os.getpid())
        mine.touch()
        time.sleep(0.3)
        sys.stdout.write(str(len(list(Path(place).iterdir()))))
        mine.unlink()
    case ["stay", place]:
        (Path(place) / str(os.getpid())).touch()
        time.sleep(60)
    case ["raise"]:
        raise ValueError("what a person wrote")
    case ["abort"]:
        os.abort()
