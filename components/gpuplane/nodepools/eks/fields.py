"""The fields of an EKS GPU node group."""

from collections.abc import Iterable
from enum import Enum

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.component.base import ComponentArgs
from gpuplane.hardware import BUILT_IN
from gpuplane.hardware.argument import CatalogueArgument
from gpuplane.nodepools.ec2.fields import EksOs
from gpuplane.nodepools.ec2.rules import id_problems
from gpuplane.nodepools.eks.maintenance import NodeRepair, NodeUpdate
from gpuplane.nodepools.taints import NodeTaint


class EksCapacityType(str, Enum):
    """The purchase option of the nodes."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"
    RESERVATION = "reservation"
    CAPACITY_BLOCK = "capacity-block"


class CapacityReservation(Args):
    """The capacity reservation, or resource group of reservations, that nodes come from."""

    id: Input[str] | None = None
    """Id of the capacity reservation or capacity block, such as `cr-0123456789abcdef0`."""

    resource_group_arn: Input[str] | None = None
    """ARN of a resource group of reservations."""

    def own_problems(self) -> Iterable[Problem]:
        """Check that exactly one is set, and starts as AWS' do."""
        if (self.id is None) == (self.resource_group_arn is None):
            got = "both" if self.id is not None else "neither"
            yield Problem("", f"must have either id or resource_group_arn, got {got}")
        yield from id_problems("id", self.id, "cr-")
        yield from id_problems("resource_group_arn", self.resource_group_arn, "arn:")


class Efa(Args):
    """Elastic Fabric Adapters: one interface on every network card, for training and serving over several nodes.

    Pods request them as `vpc.amazonaws.com/efa`, which `EfaDevicePlugin` advertises. On Amazon Linux a node reserves
    220 MiB of huge pages per CPU for them, which pods request as `hugepages-2Mi`.
    """

    placement_group: bool = False
    """Whether nodes are in a cluster placement group, close together in one zone. By default they are not: the group
    narrows scarce capacity further, and reservations may be outside it."""


class EksGpuPoolFields(ComponentArgs):
    """The fields of an EKS GPU node group without what its component alone needs."""

    subnet_ids: list[Input[str]]
    """Subnets of the nodes. Not every zone has every instance type, and a reservation is in a single zone."""

    machine_type: str
    """EC2 instance type, such as `g4dn.2xlarge`. Each node costs its hourly price."""

    alternative_machine_types: list[str] = []
    """Instance types that EKS may also use: on demand in this order, as spot where capacity is best. They need
    the same accelerators as `machine_type`, and at least its CPU and memory."""

    os: EksOs = EksOs.AL2023
    """The nodes' operating system. By default Amazon Linux 2023, which needs `NvidiaDevicePlugin`; Bottlerocket has a
    device plugin built in."""

    fips: bool = False
    """Whether nodes use an AMI with FIPS 140 validated cryptography; only Bottlerocket has one. Default: false."""

    kubernetes_version: str | None = None
    """Kubernetes version of the nodes, such as `1.33`. By default the cluster's when the pool is created."""

    release_version: str | None = None
    """The AMI's release, such as `1.33.5-20260101` of Amazon Linux 2023 or `1.49.0-713f44ce` of Bottlerocket. By
    default the newest when the pool is created. A newer one replaces the nodes as `update` says."""

    partition_size: str | None = None
    """MIG profile by which each GPU is partitioned, such as `1g.5gb`. By default GPUs stay whole. On Amazon Linux the
    MIG manager of `GpuOperator` creates the partitions, on Bottlerocket the node itself; a new A100 node reboots once
    for it."""

    min_nodes: int = 0
    """Fewest nodes. By default none, so that an unused pool costs nothing."""

    max_nodes: int
    """Most nodes: the upper limit of the pool's cost."""

    capacity_type: EksCapacityType = EksCapacityType.ON_DEMAND
    """The purchase option of the nodes. AWS can reclaim spot nodes, which cost less, with two minutes' notice.
    `reservation` uses an on-demand capacity reservation, `capacity-block` a capacity block for ML; both are paid for
    whether or not they are used."""

    reservation: CapacityReservation | None = None
    """The reservation of `reservation` and `capacity-block` nodes, which require it."""

    efa: Efa | None = None
    """Elastic Fabric Adapters on every network card, with their own security group. By default none."""

    security_group_ids: list[Input[str]] = []
    """Security groups of the nodes beside the cluster's own."""

    disk_gib: int = 200
    """Size in GiB of the encrypted gp3 volume of images and pods' files. Serving images are large."""

    disk_kms_key: Input[str] | None = None
    """ARN of the KMS key that encrypts the volumes; EC2 Auto Scaling's service-linked role must be allowed to use it.
    By default the account's key for EBS."""

    instance_store: bool = True
    """Whether the machine's local NVMe disks, joined as RAID 0, hold images and pods' files instead of the volume. They
    are included in the machine's price, and empty on every new node. Machine types without them use the volume."""

    node_role_arn: Input[str] | None = None
    """ARN of the nodes' IAM role. By default the pool creates one that may only join the cluster, assign pod addresses
    and pull images."""

    update: NodeUpdate = NodeUpdate()
    """How updates replace nodes."""

    repair: NodeRepair = NodeRepair()
    """How unhealthy nodes are repaired."""

    labels: dict[str, str] = {}
    """Node labels beside the ones that lead workloads and the device plugin here."""

    taints: list[NodeTaint] = []
    """Taints beside `nvidia.com/gpu=present:NoSchedule`."""

    catalogue: CatalogueArgument = BUILT_IN
    """Machine types and accelerators to choose from. By default gpuplane's own."""
