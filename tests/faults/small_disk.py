"""Runs a program with a small disk of its own: `python -m tests.faults.small_disk PLACE SIZE PROGRAM …`.

The disk is a tmpfs of so many megabytes at PLACE, in a mount namespace that nobody else sees; others reach it by
`/proc/<pid>/root`. An ordinary user gets the right to mount by a user namespace, in which everybody keeps their number.
"""

import ctypes
import os
import sys
from pathlib import Path

_NEW_MOUNTS, _NEW_USERS = 0x00020000, 0x10000000
_RECURSIVE_PRIVATE = 0x4000 | 0x40000
_libc = ctypes.CDLL(None, use_errno=True)


def main(place: str, size: str, *program: str) -> None:
    """Leave for a namespace of its own, mount, and become the program."""
    user, group = os.getuid(), os.getgid()
    if user == 0:
        _call("unshare", _NEW_MOUNTS)
    else:
        _call("unshare", _NEW_MOUNTS | _NEW_USERS)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _call("mount", b"none", b"/", None, _RECURSIVE_PRIVATE, None)
    _call("mount", b"tmpfs", place.encode(), b"tmpfs", 0, f"size={size}m,mode=755".encode())
    os.execv(program[0], program)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
