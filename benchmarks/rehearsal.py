"""Measures rehearsals on this machine, once the control plane is built.

Run it with `make bench`. It prints a table and enforces no limit, since machines differ.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from gpuplane.program.dry_run import DryResponder
from gpuplane.program.project import Project
from gpuplane.program.run import run_program
from gpuplane.rehearsal import binaries
from gpuplane.rehearsal.control_plane import control_plane
from gpuplane.rehearsal.in_process.rehearse import rehearse_stack
from gpuplane.rehearsal.scenarios import Scenario

ROUNDS = 3
ROOT = Path(__file__).parent.parent


def silent(_: str) -> None:
    pass


def start_control_plane() -> None:
    with control_plane.start(binaries.ensure(silent), silent):
        READY.append(time.perf_counter())


def program(stack: str) -> None:
    project = Project.at(ROOT)
    run_program(project, project.stack(stack), DryResponder())


def rehearse(stack: str, scenarios: Sequence[Scenario] = (Scenario.STEADY,)) -> None:
    assert rehearse_stack(Project.at(ROOT), stack, silent, scenarios=scenarios).verdict.is_ready


READY: list[float] = []


def seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    READY.clear()
    work()
    return (READY[0] if READY else time.perf_counter()) - began


def main() -> None:
    """Prints the table."""
    binaries.ensure(lambda line: print(line, file=sys.stderr))
    measured = {
        "control plane, until it is ready": start_control_plane,
        "program of prod, in process": lambda: program("prod"),
        "prod, steady": lambda: rehearse("prod"),
        "staging, steady": lambda: rehearse("staging"),
        "dev, steady": lambda: rehearse("dev"),
        "prod, all seven scenarios": lambda: rehearse("prod", list(Scenario)),
    }
    table = Table("seconds", "median", "fastest", "slowest", box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for what, work in measured.items():
        times = [seconds(work) for _ in range(ROUNDS)]
        table.add_row(what, *(f"{one:.2f}" for one in (statistics.median(times), min(times), max(times))))
    Console().print(table)
    print(f"{ROUNDS} rounds each on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
