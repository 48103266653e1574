"""`observed` under a clock that can be set: what Python knows of the time of day, and nothing else.

The file that `FAULTS_CLOCK` names holds the seconds by which it is wrong. It is read at the start and at SIGUSR2, so
that the clock can be stepped under a running server. `time.monotonic`, timers and PostgreSQL's clock stay true.
"""

import ctypes
import gc
import os
import signal
import time
from datetime import UTC, datetime, tzinfo
from pathlib import Path

FILE = "FAULTS_CLOCK"
_true_time, _true_now = time.time, datetime.now
_wrong_by = 0.0


def main() -> None:
    """Set the clock wrong, then run what was asked for."""
    time.time = lambda: _true_time() + _wrong_by
    time.time_ns = lambda: int(time.time() * 1e9)
    for broken_down in ("localtime", "gmtime"):
        _shift(broken_down)
    # `datetime` is written in C and asks the system itself: its own methods are replaced, for everybody.
    methods = gc.get_referents(datetime.__dict__)[0]
    methods["now"] = classmethod(lambda _, tz=None: _now(tz))
    methods["utcnow"] = classmethod(lambda _: _now(UTC).replace(tzinfo=None))
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime))
    signal.signal(signal.SIGUSR2, lambda *_: _set())
    _set()
    assert abs(datetime.now(UTC).timestamp() - _true_time() - _wrong_by) < 1, "the clock cannot be set"

    from tests.faults import observed

    observed.run()


def _set() -> None:
    global _wrong_by  # noqa: PLW0603 - the one clock of this process
    _wrong_by = float(Path(os.environ[FILE]).read_text())


def _now(zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(time.time(), zone)


def _shift(name: str) -> None:
    true = getattr(time, name)
    setattr(time, name, lambda seconds=None: true(time.time() if seconds is None else seconds))


if __name__ == "__main__":
    main()
