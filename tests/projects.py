"""This repository's own project, with changes, in a folder of its own."""

import shutil
from pathlib import Path
from typing import Any

import yaml

from gpuplane.program.project import Project

ROOT = Path(__file__).parent.parent
OVERLAY = "gpuplane:overlay"


def project_with(folder: Path, stack: str = "prod", overlay: dict[str, Any] | None = None) -> Project:
    """A copy of the project whose stack's overlay says this as well; a null stays, to delete what the base has."""
    for path in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(path, folder)
    (folder / "stacks").symlink_to(ROOT / "stacks")
    own = folder / f"Pulumi.{stack}.yaml"
    settings = yaml.safe_load(own.read_text())
    settings["config"][OVERLAY] = _over(settings["config"][OVERLAY], overlay or {})
    own.write_text(yaml.safe_dump(settings))
    return Project.at(folder)


def _over(overlay: Any, change: Any) -> Any:
    if not isinstance(overlay, dict) or not isinstance(change, dict):
        return change
    return {**overlay, **{key: _over(overlay.get(key), value) for key, value in change.items()}}
