"""The verdict as text for a terminal."""

from collections.abc import Mapping

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from gpuplane.kubernetes import quantity
from gpuplane.rehearsal.verdict.findings import Finding
from gpuplane.rehearsal.verdict.verdict import Verdict

_SHOWN_RESOURCES = ("cpu", "memory")


def show(verdict: Verdict, console: Console) -> None:
    """Print the verdict: nodes, workloads, GPUs, quotas, scenarios, assumptions and findings."""
    console.print(Group(*_tables(verdict), _notes(verdict), _outcome(verdict)))


def _tables(verdict: Verdict) -> list[RenderableType]:
    return [
        _table(
            "nodes",
            ["pool", "machine type", "nodes", "cpu each", "memory each", "GPUs each"],
            [
                [row.pool, row.machine_type, str(row.nodes), *_resources(row.allocatable), _gpus(row.allocatable)]
                for row in verdict.pools
            ],
        ),
        _table(
            "workloads",
            ["workload", "ready", "pods by node"],
            [[row.workload, f"{row.ready}/{row.wanted}", _placement(row.pods_by_node)] for row in verdict.servers],
        ),
        _table(
            "GPUs",
            ["resource", "asked", "available"],
            [[row.resource, str(row.asked), str(row.available)] for row in verdict.gpus],
        ),
        _table(
            "quotas",
            ["quota", "resource", "used", "hard"],
            [[row.quota, row.resource, row.used, row.hard] for row in verdict.quotas],
        ),
        _table(
            "scenarios",
            ["scenario", "outcome", "seconds", "what was seen"],
            [[row.name, row.in_words, f"{row.seconds:.1f}", "\n".join(row.notes)] for row in verdict.scenarios],
        ),
    ]


def _table(title: str, columns: list[str], rows: list[list[str]]) -> RenderableType:
    if not rows:
        return Text("", end="")
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    table.add_column(title.upper())
    for column in columns[1:]:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return Group(table, Text())


def _resources(allocatable: Mapping[str, str]) -> list[str]:
    cpu, memory = (quantity.parse(allocatable.get(name, "0")) for name in _SHOWN_RESOURCES)
    return [f"{cpu.normalize():f}", f"{memory / quantity.GIB:.1f}Gi"]


def _gpus(allocatable: Mapping[str, str]) -> str:
    return ", ".join(amount for name, amount in allocatable.items() if name.startswith("nvidia.com/")) or "0"


def _placement(pods_by_node: Mapping[str, int]) -> str:
    return "\n".join(f"{count} on {node}" for node, count in pods_by_node.items())


def _notes(verdict: Verdict) -> RenderableType:
    return Text("".join(f"note: {note}\n" for note in verdict.notes), style="dim")


def _outcome(verdict: Verdict) -> RenderableType:
    if verdict.is_ready:
        return Text(f"{verdict.stack} is ready, rehearsed in {verdict.seconds} s", style="bold green")
    how = f"rehearsed in {verdict.seconds} s" if verdict.seconds else "nothing was started"
    lines = [Text(f"{verdict.stack} is not ready, {how}", style="bold red")]
    lines += [line for finding in verdict.findings for line in _finding(finding)]
    for scenario in verdict.scenarios:
        new = [finding for finding in scenario.findings if finding not in verdict.findings]
        if new:
            lines.append(Text(f"  {scenario.name}", style="bold"))
            lines += [line for finding in new for line in _finding(finding)]
    return Group(*lines)


def _finding(finding: Finding) -> list[Text]:
    lines = [Text(f"  {finding.object}: {finding.what}")]
    if finding.reason:
        lines.append(Text(f"    {finding.source}: {finding.reason}" if finding.source else f"    {finding.reason}"))
    if finding.keys:
        lines.append(Text(f"    change {' or '.join(finding.keys)}"))
    return lines
