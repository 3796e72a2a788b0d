"""The fields of a GPU node pool of Karpenter."""

from collections.abc import Iterable
from enum import Enum

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.component.base import ComponentArgs
from gpuplane.hardware import BUILT_IN
from gpuplane.hardware.argument import CatalogueArgument
from gpuplane.nodepools.ec2.fields import EksOs
from gpuplane.nodepools.taints import NodeTaint


class KarpenterCapacityType(str, Enum):
    """A purchase option, as in Karpenter's label `karpenter.sh/capacity-type`."""

    RESERVED = "reserved"
    SPOT = "spot"
    ON_DEMAND = "on-demand"


class Consolidation(str, Enum):
    """Which nodes Karpenter may delete to save money."""

    WHEN_EMPTY = "when-empty"
    WHEN_EMPTY_OR_UNDERUTILIZED = "when-empty-or-underutilized"


class Disruption(Args):
    """When Karpenter deletes nodes that have not failed."""

    consolidation: Consolidation = Consolidation.WHEN_EMPTY
    """By default only nodes without workloads are deleted: a server never moves to save money. With the other policy it
    does, and has to load its model again."""

    consolidate_after_seconds: int = 300
    """Seconds for which a node has to be empty or underutilized before it is deleted; it costs money until then."""

    max_nodes: int = 1
    """Most nodes that are disrupted at once, for any reason; pod disruption budgets are respected too. With 0 none is,
    not even for a newer AMI."""

    expire_after_hours: int | None = None
    """Age in hours at which a node is deleted regardless, with its pods. By default never."""

    def own_problems(self) -> Iterable[Problem]:
        """Check the bounds of times and counts."""
        if self.consolidate_after_seconds < 0:
            yield Problem("consolidate_after_seconds", f"must be at least 0, got {self.consolidate_after_seconds}")
        if self.max_nodes < 0:
            yield Problem("max_nodes", f"must be at least 0, got {self.max_nodes}")
        if self.expire_after_hours is not None and self.expire_after_hours < 1:
            yield Problem(
                "expire_after_hours", f"must be at least 1, got {self.expire_after_hours}, fix: leave it out for never"
            )


class KarpenterGpuPoolFields(ComponentArgs):
    """The fields of a GPU node pool of Karpenter without what its component alone needs."""

    accelerator: str
    """The accelerator, such as `l4` or `a10g`. A pool has a single kind, which pods can select."""

    gpus_per_node: int = 1
    """GPUs per node. Default: 1."""

    machine_types: list[str] = []
    """EC2 instance types to choose from. By default all with `gpus_per_node` of the accelerator; Karpenter uses the
    cheapest that fits the pending pods."""

    max_nodes: int
    """Most nodes, enforced as a limit on their GPUs: the upper limit of the pool's cost. Without pending pods there are
    none."""

    capacity_type: list[KarpenterCapacityType] = [KarpenterCapacityType.ON_DEMAND]
    """Purchase options. Of several, Karpenter tries reserved first, then spot, then on-demand."""

    reservation_ids: list[Input[str]] = []
    """Ids of the capacity reservations and capacity blocks that `reserved` nodes come from, such as `cr-0123`."""

    os: EksOs = EksOs.AL2023
    """The nodes' operating system. By default Amazon Linux 2023, which needs `NvidiaDevicePlugin`; Bottlerocket has a
    device plugin built in."""

    release: str = "latest"
    """The AMI's release, such as `v20260101` of Amazon Linux 2023 or `v1.49.0` of Bottlerocket. By default the newest;
    Karpenter replaces nodes of older releases, as many at once as `disruption` allows."""

    ami_ids: list[Input[str]] = []
    """Your own AMIs, built from one of this operating system, instead of a release of EKS."""

    subnet_ids: list[Input[str]] = []
    """Subnets of the nodes. Set either these or `subnet_tags`."""

    subnet_tags: dict[str, str] = {}
    """Tags of the subnets of the nodes, such as `karpenter.sh/discovery: ml`."""

    security_group_ids: list[Input[str]] = []
    """Security groups of the nodes beside the cluster's own."""

    node_role: Input[str] | None = None
    """Name of the nodes' IAM role, which may join the cluster. By default the pool creates one that may only join the
    cluster, assign pod addresses and pull images; Karpenter's controller needs `iam:PassRole` for it. In a stack that
    installs Karpenter the default is Karpenter's own node role."""

    disk_gib: int = 200
    """Size in GiB of the encrypted gp3 volume of images and pods' files. Serving images are large."""

    disk_kms_key: Input[str] | None = None
    """ARN of the KMS key that encrypts the volumes. By default the account's key for EBS."""

    instance_store: bool = True
    """Whether a machine's local NVMe disks, joined as RAID 0, hold images and pods' files instead of the volume. They
    are included in the machine's price, and empty on every new node."""

    disruption: Disruption = Disruption()
    """When Karpenter deletes nodes that have not failed."""

    weight: int | None = None
    """Priority from 1 to 100: of several pools that fit a pod, Karpenter uses the one with the highest. By default the
    lowest."""

    labels: dict[str, str] = {}
    """Node labels beside the ones that lead workloads and the device plugin here."""

    taints: list[NodeTaint] = []
    """Taints beside `nvidia.com/gpu=present:NoSchedule`."""

    catalogue: CatalogueArgument = BUILT_IN
    """Machine types and accelerators to choose from. By default gpuplane's own."""
