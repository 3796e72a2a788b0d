"""The arguments of GKE clusters."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.clusters.gke import rules
from gpuplane.clusters.gke.fields import ReleaseChannel
from gpuplane.clusters.gke.maintenance import GkeMaintenance
from gpuplane.component.base import ComponentArgs
from gpuplane.hardware import BUILT_IN
from gpuplane.hardware.argument import CatalogueArgument


class ExistingGkeClusterArgs(ComponentArgs):
    """Arguments of `ExistingGkeCluster`."""

    cluster: str
    """Name of the cluster."""

    project: str
    """The Google Cloud project it is in."""

    location: str
    """Its region, or its zone where it is zonal, such as `us-central1`."""


class GkeClusterArgs(ComponentArgs):
    """Arguments of `GkeCluster`."""

    project: str
    """The Google Cloud project to create it in."""

    location: str
    """A region, such as `us-central1`: the control plane and the CPU pool then span its zones."""

    network: Input[str] = "default"
    """The VPC network. By default the project's `default` network."""

    subnetwork: Input[str] | None = None
    """The subnetwork. By default the one of `network` in this region."""

    pod_range: str | None = None
    """Name of the subnetwork's secondary range for pods. By default GKE creates one."""

    service_range: str | None = None
    """Name of the subnetwork's secondary range for services. By default GKE creates one."""

    authorized_networks: dict[str, str] | None = None
    """CIDR blocks that may reach the control plane, by name, such as `{office: 203.0.113.0/24}`. By default
    any address; every request is authenticated in any case."""

    private_endpoint: bool = False
    """Whether the control plane is reachable from the VPC network only; `pulumi up` then has to run inside it."""

    multi_networking: bool = False
    """Whether nodes may have networks beside the primary one, which GPUDirect needs; cannot be turned off later."""

    release_channel: ReleaseChannel = ReleaseChannel.REGULAR
    """`RAPID`, `REGULAR`, `STABLE` or `EXTENDED`: how soon GKE upgrades it."""

    maintenance: GkeMaintenance | None = None
    """When GKE may upgrade control plane and nodes. By default whenever it chooses."""

    secrets_kms_key: Input[str] | None = None
    """Cloud KMS key for application-layer encryption of Kubernetes Secrets. By default none."""

    cpu_machine_type: str = "e2-standard-4"
    """Machine type of the CPU pool, for pods that tolerate no GPU taint: DNS, metrics, gateways."""

    cpu_max_nodes: int = 3
    """Maximum number of nodes of the CPU pool over all zones; at least one runs. Each is billed as its machine type."""

    labels: dict[str, str] = {}
    """Resource labels of the cluster, for billing reports."""

    deletion_protection: bool = True
    """Whether to refuse `pulumi destroy` until a `pulumi up` with this set to false."""

    catalogue: CatalogueArgument = BUILT_IN
    """Machine types to choose from. By default gpuplane's own."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield what GKE would refuse."""
        yield from rules.location_problems(self.location)
        yield from rules.range_problems(self.pod_range, self.service_range)
        yield from rules.network_problems(self.authorized_networks)
        yield from rules.cpu_pool_problems(self.catalogue, self.cpu_machine_type, self.cpu_max_nodes)
