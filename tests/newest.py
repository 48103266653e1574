"""Which patches the NiceGUI that is installed here would leave out, and why: ``python -m tests.newest``.

`make compat` runs it on the newest NiceGUI there is, which pyproject.toml may not permit yet. It looks, and changes
nothing.
"""

import sys
import tomllib
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from packaging.requirements import Requirement

from app.patches import REQUIRED, SPEED, socket_guard
from app.patches.internals import Missing, look, untested

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def permitted(distribution: str) -> Requirement:
    """What pyproject.toml permits of a distribution."""
    ranges = map(Requirement, tomllib.loads(PYPROJECT.read_text())["project"]["dependencies"])
    return next(found for found in ranges if found.name == distribution)


def reason(name: str) -> str:
    """Why a patch would be left out; empty when it would not. A shape that has changed says more than a version."""
    try:
        touches = import_module(f"app.patches.{name}").TOUCHES
        look(touches)
        if name == "socket_guard":
            socket_guard.look_at_events()
    except (Missing, ImportError, AttributeError) as error:
        return f"{error}"
    return "" if name in REQUIRED else untested(touches)


def report() -> str:
    """One line when the newest NiceGUI is permitted, else one more for each patch that would be left out."""
    newest, asked = version("nicegui"), permitted("nicegui")
    if newest in asked.specifier:
        return f"The newest NiceGUI, {newest}, is one that pyproject.toml permits ({asked})."
    reasons = {name: reason(name) for name in (*REQUIRED, *SPEED)}
    left_out = [f"  {name}: {why}" for name, why in reasons.items() if why]
    first = f"The newest NiceGUI, {newest}, is not one that pyproject.toml permits ({asked})."
    last = [f"  Without {name} Traderoom does not start." for name in REQUIRED if reasons[name]]
    return "\n".join([f"{first} Patches that would be left out: {len(left_out)}", *left_out, *last])


if __name__ == "__main__":
    sys.stdout.write(f"{report()}\n")
