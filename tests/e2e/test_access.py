"""Every page in every state: axe-core finds nothing at four widths, in light and dark, and what has the focus shows it.

How a trade expires, and what it looks like then, is told in `stories`.
"""

from collections.abc import Callable

import pytest

from tests.e2e.accessibility import faults
from tests.e2e.people import Cast
from tests.e2e.states import SCENES, Shown


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scene", SCENES)
async def test_axe_finds_nothing_and_the_focus_shows(scene: Callable[[Cast], Shown], cast: Cast) -> None:
    found = {name: wrong async for name, page in scene(cast) if (wrong := await faults(page))}
    assert found == {}
