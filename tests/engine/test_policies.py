"""The CrossGuard pack under the real engine: a preview of a new cluster passes, and an error of a rule ends it."""

from pathlib import Path
from typing import Any

import pytest

from gpuplane.rehearsal.control_plane.snapshot import Snapshot
from gpuplane.rehearsal.engine import rehearse
from gpuplane.rehearsal.engine.cli import Cli, Outcome
from projects import ROOT, project_with

pytestmark = pytest.mark.engine

PACK = ("--policy-pack", str(ROOT / "policies"))
WITHOUT_DIGEST = {"models": {"resnet50": {"image": "registry.example.com/ml-images/inference:v1.3.0"}}}


@pytest.mark.parametrize(
    ("stack", "overlay", "status"),
    [("prod", {}, 0), ("prod", WITHOUT_DIGEST, 1), ("dev", WITHOUT_DIGEST, 0)],
)
def test_a_preview_ends_as_the_stacks_own_policy_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: str, overlay: dict[str, Any], status: int
) -> None:
    previews: list[Outcome] = []

    def only_preview(cli: Cli, *_: object) -> tuple[list[Any], Snapshot]:
        previews.append(cli.operation("preview", PACK))
        return [], Snapshot.empty()

    monkeypatch.setattr(rehearse, "_operations", only_preview)
    rehearse.rehearse_with_engine(project_with(tmp_path, stack, overlay), stack, lambda _: None)
    assert [one.status for one in previews] == [status]
