"""`gpuplane doctor`: missing prerequisites."""

import json
from pathlib import Path
from typing import Annotated

import typer

from gpuplane.cli.options import Folder
from gpuplane.cli.table import table


def doctor(
    stack: Annotated[
        str | None,
        typer.Option("--stack", "-s", help="Name of a stack. Default: the checks of every stack."),
    ] = None,
    cwd: Folder = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Check that this machine and account have what `pulumi up` and a rehearsal need, and print how to fix the rest.

    Exit status: 0 if nothing is missing, 1 if something is, 2 if the stack's config is invalid.
    """
    from gpuplane.doctor.check import Status
    from gpuplane.doctor.examine import examine
    from gpuplane.doctor.host import this_host
    from gpuplane.program.project import Project

    checks = examine(this_host(), Project.at(cwd), stack)
    if as_json:
        typer.echo(json.dumps([check.as_json() for check in checks], indent=2))
    else:
        lines = table([[check.status.value, check.name, check.detail] for check in checks]).splitlines()
        for check, line in zip(checks, lines, strict=True):
            typer.echo(line)
            if check.fix:
                typer.echo(f"          {'fix' if check.status is Status.MISSING else 'see'}: {check.fix}")
    raise typer.Exit(1 if any(check.status is Status.MISSING for check in checks) else 0)
