"""Tables in plain text, without a frame and never truncated, so that they can be searched and compared."""

from collections.abc import Sequence

WIDEST = 60


def table(rows: Sequence[Sequence[str]]) -> str:
    """Align rows in columns as wide as their cells, except for very long cells.

    Example:
        >>> print(table([["PATH", "VALUE"], ["models.bert.port", "8000"]]))
        PATH               VALUE
        models.bert.port   8000
    """
    widths = [
        max((len(cell) for cell in column if len(cell) <= WIDEST), default=0) for column in zip(*rows, strict=True)
    ]
    lines = ["   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)
