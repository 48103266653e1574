"""The machine and the versions that figures belong to."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("nicegui", "uvicorn", "websockets", "psycopg", "sqlalchemy", "procrastinate")


def describe(postgres: str) -> dict[str, str]:
    """Names with versions, for people to read."""
    return {
        "machine": f"{os.cpu_count()} cores, {_processor()}",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": postgres,
        **{package: version(package) for package in _PACKAGES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
