"""Rules of GKE for node pools."""

from collections.abc import Iterator

from gpuplane.arguments.errors import Problem, nearest
from gpuplane.hardware import advertised
from gpuplane.platforms import Platform
from gpuplane.simulation.nodes.machines import GKE_DEFAULT, gke_accelerator, gke_machine, gke_sharing
from gpuplane.simulation.refusals.reserved_labels import is_reserved
from gpuplane.simulation.request import Request


def known_cluster(request: Request) -> Iterator[Problem]:
    """Require an existing cluster. Source: https://github.com/hashicorp/terraform-provider-google/issues/7851."""
    cluster = str(request.get("cluster", "")).rpartition("/")[2]
    if cluster and request.clusters and cluster not in request.clusters:
        close = nearest(cluster, request.clusters, 1) or sorted(request.clusters)
        yield Problem(
            "cluster",
            f"googleapi: Error 404: Not found: projects/{request.project}/locations/{request.location}"
            f"/clusters/{cluster}, fix: {' or '.join(close)}",
        )


def known_machine(request: Request) -> Iterator[Problem]:
    """Require an existing machine type. Source: https://github.com/keras-team/kinetic/issues/305."""
    name = request.get("nodeConfig.machineType", GKE_DEFAULT)
    accelerator, _ = gke_accelerator(request.inputs)
    if name == GKE_DEFAULT and accelerator:
        # Source: https://github.com/hashicorp/terraform-provider-google/issues/8387
        yield Problem(
            "nodeConfig.machineType",
            f"googleapi: Error 400: Cannot use default machine type ({GKE_DEFAULT}) with GPUs, "
            "fix: choose a different machine type",
        )
        return
    try:
        request.catalogue.machine(Platform.GKE, name)
    except ValueError as error:
        yield Problem(
            "nodeConfig.machineType",
            f'googleapi: Error 400: Invalid machine type "{name}" in zone "{request.location}": GCE_NOT_FOUND, '
            f"{error}, fix: correct it, or add it to machines of the stack config",
        )


def attachable(request: Request) -> Iterator[Problem]:
    """Require an accelerator that the machine can have. Source: https://github.com/skypilot-org/skypilot/issues/212."""
    name = request.get("nodeConfig.machineType", GKE_DEFAULT)
    accelerator, count = gke_accelerator(request.inputs)
    try:
        built_in = request.catalogue.machine(Platform.GKE, name)
    except ValueError:
        return
    if not accelerator or name == GKE_DEFAULT:
        return
    if built_in.accelerator == accelerator:
        if count != built_in.gpu_devices:
            yield Problem(
                "nodeConfig.guestAccelerators[0].count",
                f"must be what {name} has built in, got {count}, allowed: {built_in.gpu_devices}",
            )
        return
    try:
        gke_machine(request.inputs, request.catalogue)
    except ValueError as error:
        yield Problem(
            "nodeConfig.guestAccelerators[0].type",
            f"[{accelerator}, {name}] features are not compatible for creating instance, {error}",
        )


def divisible(request: Request) -> Iterator[Problem]:
    """Require a MIG profile of the accelerator. Source:
    https://cloud.google.com/kubernetes-engine/docs/how-to/gpus-multi.
    """
    try:
        found = gke_machine(request.inputs, request.catalogue)
    except ValueError:
        return
    try:
        advertised(found, gke_sharing(request.inputs))
    except ValueError as error:
        yield Problem("nodeConfig.guestAccelerators[0].gpuPartitionSize", str(error))


def counts(request: Request) -> Iterator[Problem]:
    """Require a minimum that is not above the maximum.

    Source: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/NodePoolAutoscaling
    """
    for lower, upper in (("minNodeCount", "maxNodeCount"), ("totalMinNodeCount", "totalMaxNodeCount")):
        least = request.get(f"autoscaling.{lower}", 0)
        most = request.get(f"autoscaling.{upper}", 0)
        if int(least) > int(most):
            yield Problem(f"autoscaling.{lower}", f"must be at most {upper}, got {int(least)}, {upper} is {int(most)}")


def labels(request: Request) -> Iterator[Problem]:
    """Refuse labels that GKE or Kubernetes sets itself.

    Source: https://github.com/hashicorp/terraform-provider-google/pull/19677
    """
    for key in request.get("nodeConfig.labels", {}):
        if is_reserved("gke", key):
            yield Problem(
                f"nodeConfig.labels[{key!r}]",
                f'googleapi: Error 400: Node labels with key "{key}" are managed by GKE or Kubernetes and must not be '
                "manually specified, fix: use a prefix of your own",
            )


RULES = (known_cluster, known_machine, attachable, divisible, counts, labels)
