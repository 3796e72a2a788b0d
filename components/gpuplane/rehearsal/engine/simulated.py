"""What a program must not have for the engine: providers of real clusters, and nodes that nobody would bring."""

from collections.abc import Iterable, Mapping
from typing import Any

from gpuplane.manifests import KUBERNETES_PROVIDER
from gpuplane.recording import RecordedResource, Recording
from gpuplane.rehearsal.clouds.nodes_karpenter import NODE_POOL
from gpuplane.rehearsal.dry_run import SIMULATED_HOST
from gpuplane.rehearsal.errors import RehearsalError


def require_simulated(recording: Recording, manifests: Iterable[Mapping[str, Any]]) -> None:
    """Nothing when the engine would reach no cluster of somebody's own, and all pools would have nodes.

    Args:
        recording: A run of the program beforehand.
        manifests: Its Kubernetes objects.

    Raises:
        RehearsalError: It would, or one would not.
    """
    for resource in kubernetes_providers(recording):
        if SIMULATED_HOST not in str(resource.inputs.get("kubeconfig", SIMULATED_HOST)):
            raise RehearsalError(
                f"Kubernetes provider {resource.name!r} has a kubeconfig of its own: it would reach a real cluster, "
                "fix: leave kubeconfig out and name a context, or rehearse without --engine"
            )
    for obj in manifests:
        if (obj.get("apiVersion"), obj.get("kind")) == NODE_POOL:
            raise RehearsalError(
                f"NodePool {obj['metadata']['name']!r} of Karpenter has no nodes with --engine, "
                "fix: rehearse without --engine"
            )


def kubernetes_providers(recording: Recording) -> list[RecordedResource]:
    """The Kubernetes providers of the program."""
    return [resource for resource in recording.resources if resource.type == KUBERNETES_PROVIDER]
