"""A copy of a Pulumi project that the CLI may write to, and the environment that it runs in."""

import json
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from gpuplane.platforms import all_facts
from gpuplane.program.errors import RunError
from gpuplane.program.project import Project, StackSettings
from gpuplane.rehearsal.control_plane.control_plane import ControlPlane
from gpuplane.rehearsal.control_plane.credentials import CREDENTIAL_VARIABLE, credential

CLI = "pulumi"
KUBERNETES_PLUGIN = "pulumi-resource-kubernetes"


def require_engine() -> None:
    """Raise unless the engine and the Kubernetes plugin are on PATH.

    Raises:
        RunError: Something is missing; the message says how to install it.
    """
    fixes = {
        CLI: "install it from https://www.pulumi.com/docs/iac/download-install",
        KUBERNETES_PLUGIN: "run `pulumi plugin install resource kubernetes` and put its folder on PATH",
    }
    missing = [command for command in fixes if not shutil.which(command)]
    if missing:
        wanted = "; ".join(f"{command}: {fixes[command]}" for command in missing)
        raise RunError(f"--engine needs {' and '.join(missing)} on PATH, fix: {wanted}")


def write_project(project: Project, settings: StackSettings, folder: Path) -> None:
    """Write a copy of the project that uses this Python, without the values that it cannot decrypt.

    Args:
        project: The original, which is not modified.
        settings: The stack to run.
        folder: An empty folder.
    """
    for path in project.root.iterdir():
        if not path.name.startswith("Pulumi.") and not path.name.startswith(".venv"):
            (folder / path.name).symlink_to(path.resolve())
    runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
    main = str(project.main.relative_to(project.root))
    pulumi_yaml = {**project.settings, "runtime": runtime, "main": main}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(pulumi_yaml), encoding="utf-8")
    own = yaml.safe_load((project.root / f"Pulumi.{settings.stack}.yaml").read_text(encoding="utf-8"))
    kept = {key: value for key, value in own.get("config", {}).items() if not _is_placeholder(project, key, settings)}
    stack_file = {"config": kept}
    (folder / f"Pulumi.{settings.stack}.yaml").write_text(yaml.safe_dump(stack_file), encoding="utf-8")


def write_commands(plane: ControlPlane, folder: Path) -> None:
    """Write the credential commands of the clouds' kubeconfigs, which answer with the control plane's certificate."""
    answer = folder / "credential.json"
    answer.touch(stat.S_IRUSR | stat.S_IWUSR)
    answer.write_text(credential(plane.client_certificate, plane.client_key), encoding="utf-8")
    plugins = (table.credential_plugin for table in all_facts().values())
    for command in (plugin.command for plugin in plugins if plugin):
        path = folder / command
        script = f'#!/bin/sh\nexec "{sys.executable}" -m gpuplane.rehearsal.control_plane.credentials {command} "$@"\n'
        path.write_text(script, encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)


def write_kubeconfig(plane: ControlPlane, contexts: Iterable[str], path: Path) -> None:
    """Write a kubeconfig whose contexts all lead to the control plane."""
    kubeconfig = yaml.safe_load(plane.kubeconfig.read_text(encoding="utf-8"))
    only = kubeconfig["contexts"][0]["context"]
    kubeconfig["contexts"] = [{"name": name, "context": only} for name in contexts]
    del kubeconfig["current-context"]
    path.write_text(json.dumps(kubeconfig), encoding="utf-8")


def environment(commands: Path, kubeconfig: Path, home: Path) -> Mapping[str, str]:
    """Return the CLI's environment: without access to any other account, state or cluster."""
    cleared = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
    return {
        **cleared,
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "KUBECONFIG": str(kubeconfig),
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": home.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": secrets.token_hex(16),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        CREDENTIAL_VARIABLE: str(commands / "credential.json"),
    }


def _is_placeholder(project: Project, key: Any, settings: StackSettings) -> bool:
    qualified = str(key) if ":" in str(key) else f"{project.name}:{key}"
    return qualified in settings.placeholders
