"""All checks of a machine, for any stack or for one."""

from typing import Any

from gpuplane.doctor.check import Check
from gpuplane.doctor.clouds import cloud
from gpuplane.doctor.engine import backend, engine, passphrase, plugins
from gpuplane.doctor.host import Host
from gpuplane.doctor.kubeconfig import context
from gpuplane.doctor.python import environment
from gpuplane.doctor.quota import quota
from gpuplane.doctor.rehearsal import control_plane
from gpuplane.doctor.secrets import secrets
from gpuplane.platforms import Platform
from gpuplane.program.project import Project
from gpuplane.stackconfig.files.secrets import named_secrets
from gpuplane.stackconfig.load import load


def examine(host: Host, project: Project, stack: str | None) -> list[Check]:
    """Run all checks, without a request to any account.

    Args:
        host: The machine.
        project: The Pulumi project.
        stack: Name of the stack. By default only what every stack needs is checked.

    Raises:
        ProjectError: The stack cannot be read.
        InvalidArgumentsError: Its config has problems.
    """
    checks = [*engine(host), backend(host), *environment(host, project.root, project.settings), control_plane()]
    if stack is None:
        return [*checks, *plugins(host, Platform.KUBECONFIG)]
    layers = project.layers(stack)
    config = load(layers.base, layers.overlay, stack, layers.files)
    platform = config.cluster.platform
    document = layers.files.overlay.document
    own: Any = document.value if document else {}
    return [
        *checks,
        *plugins(host, platform),
        *cloud(host, platform),
        *context(host, config.cluster.kubeconfig),
        *passphrase(host, has_salt="encryptionsalt" in own),
        *secrets(stack, project.name, named_secrets(layers.merged), layers.encrypted_keys),
        *quota(config),
    ]
