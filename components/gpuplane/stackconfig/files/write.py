"""Pulumi.yaml and stack files as text."""

from collections.abc import Mapping
from typing import Any

import yaml

from gpuplane.stackconfig.files.stack_files import OVERLAY_KEY

# No stack may reach a cluster or a cloud by what happens to be set on a machine.
NO_DEFAULT_PROVIDERS = ["kubernetes", "gcp", "aws"]


def project_text(project: str, base: Mapping[str, Any]) -> str:
    """Return a Pulumi.yaml for the stack program, with this base."""
    return _dumped(
        {
            "name": project,
            "runtime": {"name": "python", "options": {"toolchain": "uv", "virtualenv": ".venv"}},
            "main": "stacks/",
            "config": {"base": {"type": "object", "value": {**base}}},
        }
    )


def stack_text(project: str, overlay: Mapping[str, Any], config: Mapping[str, Any] | None = None) -> str:
    """Return a Pulumi.<stack>.yaml with this overlay.

    Args:
        project: Name of the project.
        overlay: The overlay.
        config: Other config keys.
    """
    beside = {"pulumi:disable-default-providers": NO_DEFAULT_PROVIDERS, **(config or {})}
    return _dumped({"config": {**beside, f"{project}:{OVERLAY_KEY}": {**overlay}}})


def _dumped(value: Any) -> str:
    """Return the YAML text, with maps and lists of scalars on one line."""
    return yaml.safe_dump(value, sort_keys=False, width=120, default_flow_style=None)
