"""Reports as a pull request comment, cut to the size limit of GitHub."""

from collections.abc import Sequence
from dataclasses import dataclass

from gpuplane.diffing.changes import Action, Change, display
from gpuplane.diffing.fields import FieldChange
from gpuplane.diffing.report import StackReport

MARKER = "<!-- gpuplane diff -->"
"""Hidden first line of the comment, by which an earlier one is found."""

LIMIT = 65_536
"""Maximum characters of a GitHub comment. Source: the error of its API, "body is too long"."""

AT_A_GLANCE = 12
"""Maximum fields of a stack that are shown unfolded."""

_ROW = "| {} | {} | {} | {} |"


@dataclass(frozen=True)
class _Shown:
    """The part of a report that is shown.

    Attributes:
        lines: Lines of resources and findings.
        rows: Rows of fields.
    """

    lines: int
    rows: int


def markdown(reports: Sequence[StackReport], command: str = "gpuplane diff", limit: int = LIMIT) -> str:
    """Write the comment; empty if nothing changes.

    A comment over the limit loses the fields of its longest stacks first, then their lines, and says how many.

    Args:
        reports: One per stack.
        command: The command that prints the whole report, without the stack's option.
        limit: Maximum characters.
    """
    changed = [one for one in reports if not one.is_empty]
    if not changed:
        return ""
    shown = [_Shown(len(_lines(one)), len(_rows(one))) for one in changed]
    while len(text := _comment(changed, shown, command)) > limit:
        if not any(shown.rows or shown.lines for shown in shown):
            return _names_only(changed, command, limit)
        shown = _smaller(changed, shown)
    return text


def _smaller(reports: Sequence[StackReport], shown: Sequence[_Shown]) -> list[_Shown]:
    """Halve the fields of the stack that shows the most text, or its lines if no stack shows fields."""
    has_rows = any(shown.rows for shown in shown)
    sizes = [
        sum(map(len, _rows(one)[: shown.rows] if has_rows else _lines(one)[: shown.lines]))
        for one, shown in zip(reports, shown, strict=True)
    ]
    most = sizes.index(max(sizes))
    cut = _Shown(shown[most].lines, shown[most].rows // 2) if has_rows else _Shown(shown[most].lines // 2, 0)
    return [cut if index == most else shown for index, shown in enumerate(shown)]


def _comment(reports: Sequence[StackReport], shown: Sequence[_Shown], command: str) -> str:
    heading = ", ".join(f"`{one.stack}`: {one.summary}" for one in reports)
    sections = [_section(one, shown, command) for one, shown in zip(reports, shown, strict=True)]
    return "\n".join([MARKER, f"### {heading}", "", *sections])


def _names_only(reports: Sequence[StackReport], command: str, limit: int) -> str:
    """Write a comment of stack names only, cut at the limit."""
    text = "\n".join(
        [MARKER, f"{len(reports)} stacks change, too many for a comment, run `{command} --all`"]
        + [f"- `{one.stack}`: {one.summary}" for one in reports]
    )
    return text[:limit]


def _section(report: StackReport, shown: _Shown, command: str) -> str:
    lines, rows = _lines(report), _rows(report)
    shown_lines, shown_rows = lines[: shown.lines], rows[: shown.rows]
    parts = [f"#### {report.stack}", "", *shown_lines]
    if len(shown_lines) < len(lines):
        parts.append(f"- {len(lines) - len(shown_lines)} more lines omitted, run `{command} -s {report.stack}`")
    parts += ["", *_totals(report), *_verdict(report)]
    if rows:
        is_open = len(rows) <= AT_A_GLANCE
        parts += [f"<details{' open' if is_open else ''}><summary>Fields: {len(rows)}</summary>", ""]
        if shown_rows:
            parts += [_ROW.format("object", "field", "before", "after"), _ROW.format(*["---"] * 4), *shown_rows]
        if len(shown_rows) < len(rows):
            parts += ["", f"{len(rows) - len(shown_rows)} more fields omitted, run `{command} -s {report.stack}`"]
        parts += ["", "</details>", ""]
    return "\n".join(parts)


def _lines(report: StackReport) -> list[str]:
    """Write one line per replacement and consequence, one per action for the rest, then the policy findings."""
    own = [one for one in report.changes if _deserves_a_line(one)]
    lines = [_line(one) for one in own]
    for action in Action:
        rest = [f"`{one.object}`" for one in report.changes if one.action is action and not _deserves_a_line(one)]
        if rest:
            lines.append(f"- {action.value}: {', '.join(rest)}")
    if report.warning:
        lines.append(f"- **warning**: {report.warning}")
    lines += [f"- **policy {one.severity.value}**, new: {_cell(str(one))}" for one in report.introduced]
    lines += [f"- policy {one.severity.value}, resolved: {_cell(str(one))}" for one in report.resolved]
    return lines


def _deserves_a_line(change: Change) -> bool:
    return change.action is Action.REPLACED or bool(change.consequence)


def _line(change: Change) -> str:
    parts = [f"- **{change.action.value}** `{change.object}`"]
    if change.consequence:
        parts.append(f": {change.consequence}")
    if change.because:
        parts.append(f" (immutable: {', '.join(f'`{path}`' for path in change.because)}")
        parts.append("; deleted before it is created again)" if change.delete_before_replace else ")")
    return "".join(parts)


def _totals(report: StackReport) -> list[str]:
    if not report.totals:
        return []
    head = ["| minimum to maximum | before | after |", "| --- | --- | --- |"]
    rows = [f"| {_cell(row.name)} | {_cell(row.before)} | {_changed(row.before, row.after)} |" for row in report.totals]
    return [*head, *rows, ""]


def _changed(before: str, after: str) -> str:
    return _cell(after) if before == after or not after else f"**{_cell(after)}**"


def _verdict(report: StackReport) -> list[str]:
    verdict = report.verdict
    if verdict is None:
        return []
    if verdict.is_ready:
        return [f"Rehearsed in {verdict.seconds} s: ready.", ""]
    findings = [
        f"- `{one.object}`: {_cell(one.what)}{_cell(f', {one.reason}' if one.reason else '')}"
        for one in verdict.findings
    ]
    return [f"**Rehearsed in {verdict.seconds} s: not ready.**", "", *findings[:MOST_FINDINGS], ""]


MOST_FINDINGS = 20


def _rows(report: StackReport) -> list[str]:
    return [_row(change, one) for change in report.changes for one in change.fields]


def _row(change: Change, one: FieldChange) -> str:
    cells = (change.object, one.path, display(one.before), display(one.after, one.before))
    return _ROW.format(*(f"`{_code(cell)}`" if cell else "" for cell in cells))


def _code(text: str) -> str:
    """Escape a text for a code span in a table."""
    return text.replace("`", "'").replace("|", "\\|")


def _cell(text: str) -> str:
    """Escape a text for a table cell or a line."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("@", "@&#8203;")
