"""What the browser does at the button that changes the theme.

Script, as in all of this package: each is a named function with its reason.
"""

import json
from collections.abc import Mapping


def on_every_page(drawings: Mapping[str, str], colours: Mapping[str, tuple[str, str]]) -> str:
    """What every page listens for: a press of the button that changes the theme."""
    return f"document.addEventListener('click', {switch_theme(drawings, colours)});"


def switch_theme(drawings: Mapping[str, str], colours: Mapping[str, tuple[str, str]]) -> str:
    """A press goes on to the next theme, the first one after the last, and tells it. The button, which keeps the focus,
    shows it at once, and so does what the browser paints around the page. `drawings` are paths of SVG by theme, in
    their order, `colours` those of the tags `theme-color`, in theirs."""
    return f"""(e) => {{
        const button = e.target.closest?.('.theme'), drawings = {json.dumps(drawings)}, themes = Object.keys(drawings);
        if (!button || !window.socket) return;
        const theme = themes[(themes.indexOf(button.value) + 1) % themes.length];
        button.value = theme;
        button.ariaLabel = button.title = `Theme: ${{theme}}`;
        button.querySelector('path').setAttribute('d', drawings[theme]);
        document.querySelectorAll('meta[name=theme-color]').forEach(
            (meta, at) => meta.content = {json.dumps(colours)}[theme][at]);
        emitEvent('theme', theme);
    }}"""
