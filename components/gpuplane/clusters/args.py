"""The arguments of all cluster components."""

import ipaddress
import re
from collections.abc import Iterable

from gpuplane.arguments.errors import Problem, unknown
from gpuplane.arguments.inputs import Input, is_plain
from gpuplane.clusters.eks.parts import ControlPlaneLog, add_ons, eks_cpu_problems
from gpuplane.clusters.gke.parts import (
    GkeMaintenance,
    ReleaseChannel,
    cpu_machine_problems,
    location_problems,
    network_problems,
)
from gpuplane.component.base import ComponentArgs


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

    pod_range: str | None = None
    """Name of the subnetwork's secondary range for pods. By default GKE makes one."""

    service_range: str | None = None
    """Name of the subnetwork's secondary range for services. By default GKE makes one."""

    authorized_networks: dict[str, str] | None = None
    """Blocks of addresses that may reach the control plane, by name, such as `{office: 203.0.113.0/24}`. By default
    any address, with credentials."""

    private_endpoint: bool = False
    """Whether the control plane can be reached from the network alone; `pulumi up` then has to run inside it."""

    multi_networking: bool = False
    """Whether nodes may have networks beside the primary one, which GPUDirect needs; not to be taken back later."""

    release_channel: ReleaseChannel = ReleaseChannel.REGULAR
    """`RAPID`, `REGULAR`, `STABLE` or `EXTENDED`: how soon GKE upgrades it."""

    maintenance: GkeMaintenance | None = None
    """When GKE may upgrade control plane and nodes. By default whenever it chooses."""

    secrets_kms_key: Input[str] | None = None
    """Cloud KMS key that Kubernetes secrets are encrypted with beside Google's own encryption. By default none."""

    cpu_machine_type: str = "e2-standard-4"
    """Machine type of the CPU pool, which runs what tolerates no GPU taint: DNS, metrics, gateways."""

    cpu_max_nodes: int = 3
    """Most nodes of the CPU pool over all zones; at least one runs. Each costs as much as its machine type."""

    labels: dict[str, str] = {}
    """Labels of the cluster, for the bill."""

    deletion_protection: bool = True
    """Whether `destroy` is refused until this is set to false and brought `up`."""

    def own_problems(self) -> Iterable[Problem]:
        """What GKE would refuse."""
        yield from location_problems(self.location)
        yield from network_problems(self.authorized_networks)
        yield from cpu_machine_problems(self.cpu_machine_type)
        if self.cpu_max_nodes < 1:
            yield Problem("cpu_max_nodes", f"must be at least 1, got {self.cpu_max_nodes}")
        for key, other in (("pod_range", "service_range"), ("service_range", "pod_range")):
            if getattr(self, key) is None and getattr(self, other) is not None:
                yield Problem(key, f"required with {other}, got nothing")


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

    public_cidrs: list[str] | None = None
    """Addresses from which the API server can be reached over the internet, such as `203.0.113.0/24`; none for a
    private one. By default all of them; whoever comes has to prove who they are in any case."""

    admins: dict[str, Input[str]] = {}
    """ARNs of the roles and users that may do anything in the cluster, by a name for each. Whoever makes the cluster
    may as well."""

    logs: list[ControlPlaneLog] = [ControlPlaneLog.API, ControlPlaneLog.AUDIT, ControlPlaneLog.AUTHENTICATOR]
    """Control-plane logs that go to CloudWatch, which bills them by size."""

    secrets_key_arn: Input[str] | None = None
    """ARN of the KMS key that encrypts Secrets. By default one of the cluster's own, with a monthly fee."""

    add_on_versions: dict[str, str] = {}
    """Versions of add-ons by name, such as `vpc-cni: v1.19.5-eksbuild.1`, or `latest` for the newest that is for the
    cluster's Kubernetes version. By default the one that EKS takes when the add-on is made."""

    efs: bool = False
    """Whether the cluster can mount EFS file systems, for model files that many nodes read."""

    cpu_instance_type: str = "m6i.large"
    """Instance type of the CPU node group, which runs what tolerates no GPU taint: DNS, metrics, gateways."""

    cpu_max_nodes: int = 3
    """Most nodes of the CPU node group; at least two run. Each costs as much as its instance type."""

    deletion_protection: bool = True
    """Whether `destroy` is refused until this is set to false and brought `up`."""

    def own_problems(self) -> Iterable[Problem]:
        """What EKS would refuse later."""
        if len(self.subnet_ids) < 2:
            yield Problem(
                "subnet_ids",
                f"must be in two availability zones at least, got {len(self.subnet_ids)}, fix: two or more",
            )
        if self.version is not None and not re.fullmatch(r"1\.\d{2}", self.version):
            yield Problem("version", f"must be a minor version such as '1.33', got {self.version!r}")
        for index, cidr in enumerate(self.public_cidrs or []):
            try:
                ipaddress.IPv4Network(cidr)
            except ValueError:
                yield Problem(
                    f"public_cidrs[{index}]", f"must be an IPv4 network such as '203.0.113.0/24', got {cidr!r}"
                )
        for name, arn in self.admins.items():
            if is_plain(arn) and not str(arn).startswith("arn:"):
                yield Problem(f"admins.{name}", f"must start with 'arn:', got {arn!r}")
        known = add_ons(self.efs)
        for name in self.add_on_versions:
            if name not in known:
                yield Problem(f"add_on_versions.{name}", unknown("add-on", name, known))
        yield from eks_cpu_problems(self.cpu_instance_type, self.cpu_max_nodes)
