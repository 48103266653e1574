"""Pictures of a run's curves, drawn with matplotlib, which only ``--plot`` needs."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from tests.bench.figures import Curve


class PictureError(Exception):
    """The pictures cannot be drawn; the text is one line."""


def check() -> None:
    """Raises `PictureError` where matplotlib is not installed: better before a long run than after it."""
    try:
        import_module("matplotlib")
    except ImportError as error:
        raise PictureError("--plot needs matplotlib: .venv/bin/python -m pip install -e '.[plot]'") from error


def draw(curves: Sequence[Curve], directory: Path) -> list[Path]:
    """Draw each curve into a file of its own; returns the files."""
    check()
    import_module("matplotlib").use("Agg")
    plot = import_module("matplotlib.pyplot")
    directory.mkdir(parents=True, exist_ok=True)
    drawn = []
    for curve in curves:
        figure, axes = plot.subplots(figsize=(7, 4), layout="constrained")
        xs = [point[0] for point in curve.points]
        for place, name in enumerate(curve.axes[1:], start=1):
            axes.plot(xs, [point[place] for point in curve.points], marker="o", label=name)
        axes.set(title=curve.name.capitalize(), xlabel=curve.axes[0])
        axes.set_ylim(bottom=0)
        if "ms" in curve.axes[1]:
            axes.set_yscale("symlog", linthresh=10)
        axes.grid(alpha=0.3)
        axes.legend()
        path = directory / f"{curve.name.replace(' ', '-')}.svg"
        figure.savefig(path)
        plot.close(figure)
        drawn.append(path)
    return drawn
