"""Tables of plain text: no frame, nothing cut, so that they can be searched and compared."""

from collections.abc import Sequence

WIDEST = 60


def table(rows: Sequence[Sequence[str]]) -> str:
    """The rows in columns as wide as their cells; a cell that is very long pushes its own row only.

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
