"""The reports as a comment on a pull request, cut to the size that one may have."""

from collections.abc import Sequence
from dataclasses import dataclass

from gpuplane.diffing.changes import Action, Change, shown
from gpuplane.diffing.fields import FieldChange
from gpuplane.diffing.report import StackReport

MARKER = "<!-- gpuplane diff -->"
"""Hidden at a comment's beginning: by it an earlier comment is found again."""

LIMIT = 65_536
"""The most characters that GitHub takes in a comment. Source: the API's own error, "body is too long"."""

AT_A_GLANCE = 12
"""So many fields of a stack are shown unfolded."""

_ROW = "| {} | {} | {} | {} |"


@dataclass(frozen=True)
class _Room:
    """How much of a stack is shown.

    Attributes:
        lines: Lines of resources and findings.
        rows: Rows of fields.
    """

    lines: int
    rows: int


def markdown(reports: Sequence[StackReport], command: str = "gpuplane diff", limit: int = LIMIT) -> str:
    """The comment; empty where there is nothing to say.

    Where it would be too long, the longest stacks lose their fields first, then their lines, and it says how many.

    Args:
        reports: One a stack.
        command: What prints all of it, up to the stack's name.
        limit: The most characters.
    """
    loud = [one for one in reports if not one.is_quiet]
    if not loud:
        return ""
    rooms = [_Room(len(_lines(one)), len(_rows(one))) for one in loud]
    while len(text := _comment(loud, rooms, command)) > limit:
        if not any(room.rows or room.lines for room in rooms):
            return _names_only(loud, command, limit)
        rooms = _smaller(loud, rooms)
    return text


def _smaller(reports: Sequence[StackReport], rooms: Sequence[_Room]) -> list[_Room]:
    """Half the fields of the stack that shows most of them, or else half its lines."""
    has_rows = any(room.rows for room in rooms)
    sizes = [
        sum(map(len, _rows(one)[: room.rows] if has_rows else _lines(one)[: room.lines]))
        for one, room in zip(reports, rooms, strict=True)
    ]
    most = sizes.index(max(sizes))
    cut = _Room(rooms[most].lines, rooms[most].rows // 2) if has_rows else _Room(rooms[most].lines // 2, 0)
    return [cut if index == most else room for index, room in enumerate(rooms)]


def _comment(reports: Sequence[StackReport], rooms: Sequence[_Room], command: str) -> str:
    heading = ", ".join(f"`{one.stack}`: {one.summary}" for one in reports)
    sections = [_section(one, room, command) for one, room in zip(reports, rooms, strict=True)]
    return "\n".join([MARKER, f"### {heading}", "", *sections])


def _names_only(reports: Sequence[StackReport], command: str, limit: int) -> str:
    """What is left of a comment with more stacks than it can hold."""
    text = "\n".join(
        [MARKER, f"{len(reports)} stacks change, too many for a comment: `{command} --all`"]
        + [f"- `{one.stack}`: {one.summary}" for one in reports]
    )
    return text[:limit]


def _section(report: StackReport, room: _Room, command: str) -> str:
    lines, rows = _lines(report), _rows(report)
    shown_lines, shown_rows = lines[: room.lines], rows[: room.rows]
    parts = [f"#### {report.stack}", "", *shown_lines]
    if len(shown_lines) < len(lines):
        parts.append(f"- {len(lines) - len(shown_lines)} more lines are cut: `{command} -s {report.stack}`")
    parts += ["", *_capacity(report), *_verdict(report)]
    if rows:
        is_open = len(rows) <= AT_A_GLANCE
        parts += [f"<details{' open' if is_open else ''}><summary>Fields: {len(rows)}</summary>", ""]
        if shown_rows:
            parts += [_ROW.format("object", "field", "before", "after"), _ROW.format(*["---"] * 4), *shown_rows]
        if len(shown_rows) < len(rows):
            parts += ["", f"{len(rows) - len(shown_rows)} more fields are cut: `{command} -s {report.stack}`"]
        parts += ["", "</details>", ""]
    return "\n".join(parts)


def _lines(report: StackReport) -> list[str]:
    """A line a resource that is replaced or does more than change itself; the others together; then the policy."""
    told = [one for one in report.changes if _has_to_be_told(one)]
    lines = [_line(one) for one in told]
    for action in Action:
        quiet = [f"`{one.object}`" for one in report.changes if one.action is action and not _has_to_be_told(one)]
        if quiet:
            lines.append(f"- {action.value}: {', '.join(quiet)}")
    if report.warning:
        lines.append(f"- **warning**: {report.warning}")
    lines += [f"- **policy {one.severity.value}**, new: {_cell(str(one))}" for one in report.introduced]
    lines += [f"- policy {one.severity.value}, mended: {_cell(str(one))}" for one in report.mended]
    return lines


def _has_to_be_told(change: Change) -> bool:
    return change.action is Action.REPLACED or bool(change.consequence)


def _line(change: Change) -> str:
    parts = [f"- **{change.action.value}** `{change.object}`"]
    if change.consequence:
        parts.append(f": {change.consequence}")
    if change.because:
        parts.append(f" ({', '.join(f'`{path}`' for path in change.because)} cannot be changed in place")
        parts.append("; the old one goes before the new one comes)" if change.is_deleted_first else ")")
    return "".join(parts)


def _capacity(report: StackReport) -> list[str]:
    if not report.capacity:
        return []
    head = ["| minimum to maximum | before | after |", "| --- | --- | --- |"]
    rows = [
        f"| {_cell(row.name)} | {_cell(row.before)} | {_changed(row.before, row.after)} |" for row in report.capacity
    ]
    return [*head, *rows, ""]


def _changed(before: str, after: str) -> str:
    return _cell(after) if before == after or not after else f"**{_cell(after)}**"


def _verdict(report: StackReport) -> list[str]:
    held = report.verdict
    if held is None:
        return []
    if held.is_ready:
        return [f"Rehearsed in {held.seconds} s: ready.", ""]
    said = [
        f"- `{one.object}`: {_cell(one.what)}{_cell(f', {one.reason}' if one.reason else '')}" for one in held.findings
    ]
    return [f"**Rehearsed in {held.seconds} s: not ready.**", "", *said[:MOST_FINDINGS], ""]


MOST_FINDINGS = 20


def _rows(report: StackReport) -> list[str]:
    return [_row(change, one) for change in report.changes for one in change.fields]


def _row(change: Change, one: FieldChange) -> str:
    cells = (change.object, one.path, shown(one.before), shown(one.after, one.before))
    return _ROW.format(*(f"`{_code(cell)}`" if cell else "" for cell in cells))


def _code(text: str) -> str:
    """A text inside a code span inside a table."""
    return text.replace("`", "'").replace("|", "\\|")


def _cell(text: str) -> str:
    """A text inside a table or a line: nothing in it is markup."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("@", "@&#8203;")
