"""What a program of the workshop does first: give way to the server and its pages, and have bounds."""

import os
import sys

if sys.platform != "win32":
    import resource

_SECONDS, _MEMORY = 30, 1536 * 2**20
"""Of the processor, and bytes: several times what a PDF of two million characters takes."""


def restrain() -> None:
    """Let this process end rather than take the machine."""
    if sys.platform == "win32":
        return
    os.nice(10)
    for limit, most in ((resource.RLIMIT_CPU, _SECONDS), (resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(limit, (most, most))
