"""Checks before the engine runs: whether the program could reach a real cluster, and which kinds its charts define."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gpuplane.kubernetes.manifests import KUBERNETES_PROVIDER
from gpuplane.program.dry_run import SIMULATED_HOST
from gpuplane.program.errors import RunError
from gpuplane.recording import RecordedResource, Recording
from gpuplane.rehearsal.controllers.gpu_operator import RELEASE

# The groups that a chart defines: Helm does not adopt existing definitions.
_DEFINED: Mapping[str, Sequence[str]] = {"karpenter-crd": ("karpenter.sh", "karpenter.k8s.aws")}


def require_simulated(recording: Recording) -> None:
    """Raise if a provider of the program could reach a cluster other than the simulated one.

    Args:
        recording: A dry run of the program.

    Raises:
        RunError: A provider could.
    """
    for resource in kubernetes_providers(recording):
        if SIMULATED_HOST not in str(resource.inputs.get("kubeconfig", SIMULATED_HOST)):
            raise RunError(
                f"Kubernetes provider {resource.name!r} has a kubeconfig of its own: it would reach a real cluster, "
                "fix: leave kubeconfig out and name a context, or rehearse without --engine"
            )


def undefined(recording: Recording, manifests: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the objects whose kinds no chart of the program defines.

    Args:
        recording: A dry run of the program.
        manifests: Its Kubernetes objects.
    """
    charts = [str(one.inputs.get("chart")).rpartition("/")[2] for one in recording.resources if one.type == RELEASE]
    groups = {group for chart in charts for group in _DEFINED.get(chart, ())}
    return [obj for obj in manifests if str(obj.get("apiVersion")).partition("/")[0] not in groups]


def kubernetes_providers(recording: Recording) -> list[RecordedResource]:
    """Return the Kubernetes providers of the program."""
    return [resource for resource in recording.resources if resource.type == KUBERNETES_PROVIDER]
