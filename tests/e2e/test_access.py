"""Every page in every state: axe-core finds nothing at four widths, in light and dark, what has the focus shows it, and
Enter saves in every form.

How a trade expires, and what it looks like then, is told in `stories`.
"""

from collections.abc import Callable

import pytest

from tests.e2e.accessibility import faults
from tests.e2e.forms import dead_fields
from tests.e2e.people import Cast
from tests.e2e.states import SCENES, Shown


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scene", SCENES)
async def test_axe_finds_nothing_the_focus_shows_and_enter_saves(scene: Callable[[Cast], Shown], cast: Cast) -> None:
    found = {name: [await faults(page), await dead_fields(page)] async for name, page in scene(cast)}
    assert {name: wrong for name, wrong in found.items() if any(wrong)} == {}
