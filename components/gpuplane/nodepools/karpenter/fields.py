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
    """How nodes are bought, as Karpenter's label `karpenter.sh/capacity-type` spells it."""

    RESERVED = "reserved"
    SPOT = "spot"
    ON_DEMAND = "on-demand"


class Consolidation(str, Enum):
    """Which nodes Karpenter may take away to save money."""

    WHEN_EMPTY = "when-empty"
    WHEN_EMPTY_OR_UNDERUTILIZED = "when-empty-or-underutilized"


class Disruption(Args):
    """When Karpenter takes nodes away by itself, beside those that fail."""

    consolidation: Consolidation = Consolidation.WHEN_EMPTY
    """By default only nodes without workloads go: a server is never moved to save money. With the other it is, which
    means loading its model again."""

    consolidate_after_seconds: int = 300
    """How long a node has been so before it goes; it costs money that long."""

    max_nodes: int = 1
    """Most nodes that go at a time, whatever for; pod disruption budgets hold as well. With 0 none does, not even for a
    newer AMI."""

    expire_after_hours: int | None = None
    """Age at which a node goes in any case, and its pods with it. By default never."""

    def own_problems(self) -> Iterable[Problem]:
        """What Karpenter takes."""
        if self.consolidate_after_seconds < 0:
            yield Problem("consolidate_after_seconds", f"must be at least 0, got {self.consolidate_after_seconds}")
        if self.max_nodes < 0:
            yield Problem("max_nodes", f"must be at least 0, got {self.max_nodes}")
        if self.expire_after_hours is not None and self.expire_after_hours < 1:
            yield Problem(
                "expire_after_hours", f"must be at least 1, got {self.expire_after_hours}, fix: leave it out for never"
            )


class KarpenterGpuPoolFields(ComponentArgs):
    """A GPU node pool of Karpenter, wherever it is made."""

    accelerator: str
    """The accelerator, such as `l4` or `a10g`; a pool has one kind, so that pods can tell where they land."""

    gpus_per_node: int = 1
    """GPUs of a node."""

    machine_types: list[str] = []
    """EC2 instance types to choose from. By default all that have this accelerator this many times; Karpenter takes
    the cheapest that holds the pods which wait."""

    max_nodes: int
    """Most nodes, by a limit on their GPUs: the most this pool can cost. There are none while no pod waits."""

    capacity_type: list[KarpenterCapacityType] = [KarpenterCapacityType.ON_DEMAND]
    """How nodes may be bought. Of several, Karpenter tries reserved first, then spot, then on demand."""

    reservation_ids: list[Input[str]] = []
    """Ids of the capacity reservations and capacity blocks that `reserved` nodes come from, such as `cr-0123`."""

    os: EksOs = EksOs.AL2023
    """The nodes' operating system. By default Amazon Linux 2023, which needs `NvidiaDevicePlugin`; Bottlerocket has a
    device plugin built in."""

    release: str = "latest"
    """The AMI's release, such as `v20260101` of Amazon Linux 2023 or `v1.49.0` of Bottlerocket. By default the newest,
    and Karpenter replaces nodes of older ones, as many at a time as `disruption` says."""

    ami_ids: list[Input[str]] = []
    """AMIs of your own, built from one of this operating system, in place of a release of EKS."""

    subnet_ids: list[Input[str]] = []
    """Subnets of the nodes. Either these or tags."""

    subnet_tags: dict[str, str] = {}
    """Tags of the subnets of the nodes, such as `karpenter.sh/discovery: ml`."""

    security_group_ids: list[Input[str]] = []
    """Security groups of the nodes beside the cluster's own."""

    node_role: Input[str] | None = None
    """Name of the role that nodes run as, which may join the cluster. By default one of the pool's own, which may join
    the cluster, give pods their addresses and pull images, and no more; Karpenter's controller has to be allowed to
    pass it on. A stack that makes Karpenter has all its pools run as that one's role by default."""

    disk_gib: int = 200
    """The volume of images and pods' files in GiB, gp3 and encrypted; serving images are large."""

    disk_kms_key: Input[str] | None = None
    """ARN of the key that encrypts the volumes. By default the account's key for EBS."""

    instance_store: bool = True
    """Whether a machine's own NVMe disks, joined as RAID 0, hold images and pods' files in place of the volume. They
    are part of the machine's price, and empty on every new node."""

    disruption: Disruption = Disruption()
    """When Karpenter takes nodes away by itself."""

    weight: int | None = None
    """From 1 to 100: of several pools that would do, the one with the highest is used. By default the lowest."""

    labels: dict[str, str] = {}
    """Node labels beside the ones that lead workloads and the device plugin here."""

    taints: list[NodeTaint] = []
    """Taints beside `nvidia.com/gpu=present:NoSchedule`."""

    catalogue: CatalogueArgument = BUILT_IN
    """Machine types and accelerators to choose from. By default gpuplane's own."""
