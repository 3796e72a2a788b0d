"""Every machine type of both catalogues, in one control plane: its pool's nodes schedule a server with one GPU."""

from pathlib import Path

import pytest

from gpuplane.hardware import BUILT_IN
from gpuplane.hardware.built_in import rows
from gpuplane.platforms import Platform
from gpuplane.program.project import Project
from gpuplane.rehearsal.in_process.rehearse import rehearse_stack

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

PROGRAM = Path(__file__).parent / "catalogue"


def test_every_machine_type_with_whole_gpus_schedules_a_server_with_one() -> None:
    held = rehearse_stack(Project.at(PROGRAM), "all", lambda _: None).verdict
    refused = [finding for finding in held.findings if finding.what in ("refused", "not created")]
    assert refused == []
    ready = {row.workload: row.ready for row in held.servers if row.workload.startswith("serving/")}
    assert [workload for workload, count in ready.items() if count != 1] == []
    whole = [one for platform in Platform for one in BUILT_IN.machines(platform) if one.vendor == "nvidia"]
    count = sum(not one.is_fractional for one in whole) + len(list(rows("attachable")))
    assert len(ready) == count
    assert sum(row.held for row in held.gpus) == count
