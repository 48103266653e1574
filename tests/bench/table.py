"""The table: one line for each row, in Markdown, so that it can be read here and put into the README."""

from collections.abc import Sequence

from tests.bench.figures import Row, shown

_HEAD = ("what", "unit", "median", "p95", "p99", "samples", "floor", "× floor", "goal", "met")


def table(rows: Sequence[Row]) -> str:
    """The rows under their heads."""
    lines = [_HEAD, *(_line(row) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_HEAD))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in (lines[0], rule, *lines[1:])
    )


def _line(row: Row) -> tuple[str, ...]:
    has_floor = bool(row.floor_name)
    return (
        row.name,
        row.unit,
        shown(row.median),
        shown(row.p95),
        shown(row.p99),
        str(len(row.values)),
        f"{shown(row.floor)} ({row.floor_name})" if has_floor else "",
        shown(row.ratio) if has_floor else "",
        row.goal.text,
        row.verdict,
    )
