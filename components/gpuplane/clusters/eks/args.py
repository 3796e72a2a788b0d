"""The arguments of EKS clusters."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.clusters.eks import rules
from gpuplane.clusters.eks.fields import ControlPlaneLog
from gpuplane.component.base import ComponentArgs
from gpuplane.hardware import BUILT_IN
from gpuplane.hardware.argument import CatalogueArgument


class ExistingEksClusterArgs(ComponentArgs):
    """Arguments of `ExistingEksCluster`."""

    cluster: str
    """Name of the cluster."""

    region: str
    """The AWS region it is in, such as `us-east-1`."""


class EksClusterArgs(ComponentArgs):
    """Arguments of `EksCluster`."""

    region: str
    """The AWS region of the provider that creates it, such as `us-east-1`."""

    subnet_ids: list[Input[str]]
    """Private subnets, in at least two availability zones."""

    version: str | None = None
    """Kubernetes version, such as `1.33`. By default the newest that EKS offers when the cluster is created."""

    public_cidrs: list[str] | None = None
    """Addresses from which the API server can be reached over the internet, such as `203.0.113.0/24`; none for a
    private one. By default all of them; every request is authenticated in any case."""

    admins: dict[str, Input[str]] = {}
    """ARNs of the roles and users that administer the cluster, by a name for each. Whoever creates the cluster
    does as well."""

    logs: list[ControlPlaneLog] = [ControlPlaneLog.API, ControlPlaneLog.AUDIT, ControlPlaneLog.AUTHENTICATOR]
    """Control-plane logs to send to CloudWatch, which bills them by size."""

    secrets_key_arn: Input[str] | None = None
    """ARN of the KMS key that encrypts Secrets. By default a new key, billed by the month."""

    add_on_versions: dict[str, str] = {}
    """Versions of add-ons by name, such as `vpc-cni: v1.19.5-eksbuild.1`, or `latest` for the newest that supports the
    cluster's Kubernetes version. By default the one that EKS chooses when the add-on is created."""

    efs: bool = False
    """Whether to install the EFS driver, for model files that many nodes read."""

    cpu_instance_type: str = "m6i.large"
    """Instance type of the CPU node group, for pods that tolerate no GPU taint: DNS, metrics, gateways."""

    cpu_max_nodes: int = 3
    """Maximum number of nodes of the CPU node group; at least two run. Each is billed as its instance type."""

    deletion_protection: bool = True
    """Whether to refuse `pulumi destroy` until a `pulumi up` with this set to false."""

    catalogue: CatalogueArgument = BUILT_IN
    """Machine types to choose from. By default gpuplane's own."""

    def own_problems(self) -> Iterable[Problem]:
        """Yield what EKS would refuse."""
        yield from rules.subnet_problems(self.subnet_ids)
        yield from rules.version_problems(self.version)
        yield from rules.access_problems(self.public_cidrs, self.admins)
        yield from rules.add_on_problems(self.add_on_versions, self.efs)
        yield from rules.cpu_group_problems(self.catalogue, self.cpu_instance_type, self.cpu_max_nodes)
