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
    """How the nodes are bought."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"
    RESERVATION = "reservation"
    CAPACITY_BLOCK = "capacity-block"


class CapacityReservation(Args):
    """The reservation that nodes come from: one, or a group of them."""

    id: Input[str] | None = None
    """Id of the capacity reservation or capacity block, such as `cr-0123456789abcdef0`."""

    resource_group_arn: Input[str] | None = None
    """ARN of a resource group of reservations."""

    def own_problems(self) -> Iterable[Problem]:
        """Exactly one of them, each in its form."""
        if (self.id is None) == (self.resource_group_arn is None):
            got = "both" if self.id is not None else "neither"
            yield Problem("", f"must have either id or resource_group_arn, got {got}")
        yield from id_problems("id", self.id, "cr-")
        yield from id_problems("resource_group_arn", self.resource_group_arn, "arn:")


class Efa(Args):
    """Elastic Fabric Adapters: one interface on every network card, for training and serving over several nodes.

    Pods ask for them as `vpc.amazonaws.com/efa`, which `EfaDevicePlugin` advertises. On Amazon Linux a node sets memory
    aside for them as huge pages, 220 MiB a CPU, which pods ask for as `hugepages-2Mi`.
    """

    placement_group: bool = False
    """Whether nodes are put close together, in a cluster placement group of one zone. By default they are not: the
    group makes scarce capacity scarcer, and reservations may be outside of it."""


class EksGpuPoolFields(ComponentArgs):
    """An EKS GPU node group, wherever it is made."""

    subnet_ids: list[Input[str]]
    """Subnets of the nodes; not every zone has every instance type, and a reservation is in one."""

    machine_type: str
    """EC2 instance type, such as `g4dn.2xlarge`; the cost of a node is its price."""

    alternative_machine_types: list[str] = []
    """Instance types that EKS may take as well, on demand in this order, as spot wherever most are free. They have the
    same accelerators as `machine_type`, and no less CPU and memory."""

    os: EksOs = EksOs.AL2023
    """The nodes' operating system. By default Amazon Linux 2023, which needs `NvidiaDevicePlugin`; Bottlerocket has a
    device plugin built in."""

    fips: bool = False
    """Whether the nodes' cryptography is the one that FIPS 140 validates; Bottlerocket has it."""

    kubernetes_version: str | None = None
    """Kubernetes version of the nodes, such as `1.33`. By default the cluster's when the pool is made."""

    release_version: str | None = None
    """The AMI's release, such as `1.33.5-20260101` of Amazon Linux 2023 or `1.49.0-713f44ce` of Bottlerocket. By
    default the newest when the pool is made; a newer one replaces the nodes by `update`."""

    partition_size: str | None = None
    """MIG profile that each GPU is cut by, such as `1g.5gb`. By default GPUs stay whole. On Amazon Linux the MIG
    manager of `GpuOperator` makes the partitions, on Bottlerocket the node itself; a new A100 node restarts once for
    it."""

    min_nodes: int = 0
    """Fewest nodes. By default none, so that an unused pool costs nothing."""

    max_nodes: int
    """Most nodes: the most this pool can cost."""

    capacity_type: EksCapacityType = EksCapacityType.ON_DEMAND
    """How the nodes are bought. Spot nodes cost less and can be taken away within two minutes; `reservation` takes
    what an on-demand capacity reservation holds, `capacity-block` what a capacity block for ML does, both paid for
    whether they are used or not."""

    reservation: CapacityReservation | None = None
    """Where `reservation` or `capacity-block` nodes come from."""

    efa: Efa | None = None
    """Elastic Fabric Adapters on every network card, with their own security group. By default none."""

    security_group_ids: list[Input[str]] = []
    """Security groups of the nodes beside the cluster's own."""

    disk_gib: int = 200
    """The volume of images and pods' files in GiB, gp3 and encrypted; serving images are large."""

    disk_kms_key: Input[str] | None = None
    """ARN of the key that encrypts the volumes; EC2 Auto Scaling's service role must be allowed to use it. By default
    the account's key for EBS."""

    instance_store: bool = True
    """Whether the machine's own NVMe disks, joined as RAID 0, hold images and pods' files in place of the volume. They
    are part of the machine's price, and empty on every new node; machine types without them use the volume."""

    node_role_arn: Input[str] | None = None
    """ARN of the role that nodes run as. By default one of the pool's own, which may join the cluster, give pods their
    addresses and pull images, and no more."""

    update: NodeUpdate = NodeUpdate()
    """How an update replaces nodes."""

    repair: NodeRepair = NodeRepair()
    """How unhealthy nodes are repaired."""

    labels: dict[str, str] = {}
    """Node labels beside the ones that lead workloads and the device plugin here."""

    taints: list[NodeTaint] = []
    """Taints beside `nvidia.com/gpu=present:NoSchedule`."""

    catalogue: CatalogueArgument = BUILT_IN
    """Machine types and accelerators to choose from. By default gpuplane's own."""
