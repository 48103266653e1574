"""The syntax trees of Python sources, for tests that read them."""

import ast
import gc


def tree_of(source: str) -> ast.Module:
    """The tree of a module's source.

    The collector waits meanwhile: what it finalizes may log an error, a traceback is parsed where it is shown, and a
    Python before 3.11.9 mistakes the one parsing within the other for a fault (python/cpython issue 106905).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(source)
    finally:
        if was_on:
            gc.enable()
