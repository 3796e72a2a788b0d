"""What a program must not have for the engine: providers of real clusters, and charts that would not go in."""

from gpuplane.manifests import KUBERNETES_PROVIDER
from gpuplane.recording import RecordedResource, Recording
from gpuplane.rehearsal.controllers.operators import RELEASE
from gpuplane.rehearsal.dry_run import SIMULATED_HOST
from gpuplane.rehearsal.errors import RehearsalError

# Helm does not take over definitions that are there, as those of all kinds that a program makes are.
DEFINING_CHARTS = ("karpenter-crd",)


def require_simulated(recording: Recording) -> None:
    """Nothing when the engine would reach no cluster of somebody's own, and could install all that it is asked to.

    Args:
        recording: A run of the program beforehand.

    Raises:
        RehearsalError: It would, or could not.
    """
    for resource in kubernetes_providers(recording):
        if SIMULATED_HOST not in str(resource.inputs.get("kubeconfig", SIMULATED_HOST)):
            raise RehearsalError(
                f"Kubernetes provider {resource.name!r} has a kubeconfig of its own: it would reach a real cluster, "
                "fix: leave kubeconfig out and name a context, or rehearse without --engine"
            )
    for resource in recording.resources:
        chart = str(resource.inputs.get("chart", ""))
        if resource.type == RELEASE and chart.rpartition("/")[2] in DEFINING_CHARTS:
            raise RehearsalError(
                f"Helm release {resource.name!r} of chart {chart} brings definitions that a rehearsal has already, "
                "fix: rehearse without --engine"
            )


def kubernetes_providers(recording: Recording) -> list[RecordedResource]:
    """The Kubernetes providers of the program."""
    return [resource for resource in recording.resources if resource.type == KUBERNETES_PROVIDER]
