"""The arguments of all cluster components."""

from gpuplane.args import Input
from gpuplane.component import ComponentArgs


class KubeconfigClusterArgs(ComponentArgs):
    """Arguments of `KubeconfigCluster`."""

    context: str
    """Name of the context. It is also what identifies the cluster: another name replaces all its objects."""

    kubeconfig: Input[str] | None = None
    """Path of the kubeconfig file, or its text. By default what kubectl reads: `KUBECONFIG`, else `~/.kube/config`."""


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
    """The Google Cloud project to make it in."""

    location: str
    """A region, such as `us-central1`: the control plane and the CPU pool then span its zones."""

    network: Input[str] = "default"
    """The VPC network. By default the project's `default` network."""

    subnetwork: Input[str] | None = None
    """The subnetwork. By default the one of `network` in this region."""

    release_channel: str = "REGULAR"
    """`RAPID`, `REGULAR`, `STABLE` or `EXTENDED`: how soon GKE upgrades it."""

    cpu_machine_type: str = "e2-standard-4"
    """Machine type of the CPU pool, which runs what tolerates no GPU taint: DNS, metrics, gateways."""

    cpu_max_nodes: int = 3
    """Most nodes of the CPU pool over all zones; at least one runs. Each costs as much as its machine type."""

    deletion_protection: bool = True
    """Whether `destroy` is refused until this is set to false and brought `up`."""


class ExistingEksClusterArgs(ComponentArgs):
    """Arguments of `ExistingEksCluster`."""

    cluster: str
    """Name of the cluster."""

    region: str
    """The AWS region it is in, such as `us-east-1`."""


class EksClusterArgs(ComponentArgs):
    """Arguments of `EksCluster`."""

    region: str
    """The AWS region of the provider that makes it, such as `us-east-1`."""

    subnet_ids: list[Input[str]]
    """Private subnets, in two availability zones at least."""

    version: str | None = None
    """Kubernetes version, such as `1.33`. By default the newest that EKS offers on the day it is made."""

    cpu_instance_type: str = "m6i.large"
    """Instance type of the CPU node group, which runs what tolerates no GPU taint: DNS, metrics, gateways."""

    cpu_max_nodes: int = 3
    """Most nodes of the CPU node group; at least two run. Each costs as much as its instance type."""
