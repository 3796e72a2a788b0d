"""Reports as plain text."""

from collections.abc import Iterator, Sequence

from gpuplane.diffing.changes import Change, display
from gpuplane.diffing.report import StackReport


def text(reports: Sequence[StackReport]) -> str:
    """Write the reports, one line per resource and per field; empty if nothing changes."""
    return "\n".join(line for one in reports if not one.is_empty for line in _lines(one))


def _lines(report: StackReport) -> Iterator[str]:
    yield f"{report.stack}: {report.summary}"
    for change in report.changes:
        yield from _change(change)
    for row in report.totals:
        yield f"  {row.name}: {row.before or 'none'} -> {row.after or 'none'}"
    if report.warning:
        yield f"  warning: {report.warning}"
    for kind, findings in (("new", report.introduced), ("resolved", report.resolved)):
        for finding in findings:
            yield f"  policy {finding.severity.value}, {kind}: {finding}"
    if report.verdict:
        yield f"  rehearsed in {report.verdict.seconds} s: {'ready' if report.verdict.is_ready else 'not ready'}"
        for finding in report.verdict.findings:
            yield f"    {finding.object}: {finding.what}{f', {finding.reason}' if finding.reason else ''}"


def _change(change: Change) -> Iterator[str]:
    yield f"  {change.action.value} {change.object}" + (f": {change.consequence}" if change.consequence else "")
    for one in change.fields:
        mark = " (replaces)" if one.path in change.because else ""
        before, after = display(one.before) or "nothing", display(one.after, one.before) or "nothing"
        yield f"    {one.path}: {before} -> {after}{mark}"
