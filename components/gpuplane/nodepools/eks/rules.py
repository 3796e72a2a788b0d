"""Rules of an EKS GPU node group: what EKS or EC2 would refuse minutes into an `up`."""

import re
from collections.abc import Callable, Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.hardware import Machine
from gpuplane.hardware.ami_types import gpu_ami
from gpuplane.nodepools.ec2.fields import EksOs
from gpuplane.nodepools.ec2.rules import OWN_LABELS, disk_problems, gpu_machine_problem, max_nodes_problems
from gpuplane.nodepools.eks.fields import EksCapacityType, EksGpuPoolFields
from gpuplane.nodepools.eks.partitions import partition_problems
from gpuplane.nodepools.facts import EFA_PRESENT_LABEL, MIG_CONFIG_LABEL
from gpuplane.nodepools.labels import label_problems
from gpuplane.nodepools.taints import taint_problems

# Of a gp3 volume. Source: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
MAX_DISK_GIB = 65_536

# 50 of a node group, one of them the pool's own.
# Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
MAX_TAINTS = 49

RESERVED = (EksCapacityType.RESERVATION, EksCapacityType.CAPACITY_BLOCK)

MAX_NAME = 49

_NAME = re.compile(rf"[0-9A-Za-z][-0-9A-Za-z]{{0,{MAX_NAME - 1}}}")
_KUBERNETES = re.compile(r"1\.\d{2}")

# Sources: https://docs.aws.amazon.com/eks/latest/userguide/eks-linux-ami-versions.html and
# https://bottlerocket.dev/en/os/
_RELEASES = {
    EksOs.AL2023: (re.compile(r"(1\.\d{2})\.\d+-\d{8}"), "1.33.5-20260101"),
    EksOs.BOTTLEROCKET: (re.compile(r"()1\.\d+\.\d+-(?!20\d{6})[0-9a-f]{8}"), "1.49.0-713f44ce"),
}


def machines(args: EksGpuPoolFields) -> Iterable[Problem]:
    """Check that the machine type has whole NVIDIA GPUs, and an AMI with their driver."""
    found = gpu_machine_problem(args.catalogue, args.machine_type, "machine_type")
    if isinstance(found, Problem):
        yield found
        return
    if gpu_ami(args.os.value, found, args.fips):
        return
    with_fips = " and FIPS" if args.fips else ""
    allowed = [os.value for os in EksOs if gpu_ami(os.value, found, args.fips)]
    yield Problem(
        "fips" if args.fips and gpu_ami(args.os.value, found) else "os",
        f"must have an AMI with NVIDIA's driver{with_fips} for {found.name}, got os {args.os.value!r}, "
        f"allowed: {', '.join(allowed) or 'none'}",
    )


def alternatives(args: EksGpuPoolFields) -> Iterable[Problem]:
    """Check that machine types are interchangeable: the autoscaler assumes that every node is of the first."""
    if not args.alternative_machine_types:
        return
    if args.capacity_type in RESERVED or args.efa:
        cause = "EFA" if args.efa else f"capacity_type {args.capacity_type.value!r}"
        yield Problem(
            "alternative_machine_types", f"must be left out with {cause}, which takes one machine type, fix: []"
        )
    first = gpu_machine_problem(args.catalogue, args.machine_type, "machine_type")
    seen = {args.machine_type}
    for index, name in enumerate(args.alternative_machine_types):
        path = f"alternative_machine_types[{index}]"
        found = gpu_machine_problem(args.catalogue, name, path)
        if name in seen:
            yield Problem(path, f"duplicate, got {name!r}, fix: remove it")
        elif isinstance(found, Problem):
            yield found
        elif isinstance(first, Machine):
            yield from _unlike(first, found, path)
        seen.add(name)


def _unlike(first: Machine, other: Machine, path: str) -> Iterable[Problem]:
    if (first.accelerator, first.gpus, first.architecture) != (other.accelerator, other.gpus, other.architecture):
        yield Problem(
            path,
            f"must have the same GPUs as {first.name}, got {other.name!r} with {other.gpus} {other.accelerator}, "
            f"allowed: {first.gpus} {first.accelerator}, fix: a pool of its own",
        )
    elif other.vcpus < first.vcpus or other.memory_gib < first.memory_gib:
        yield Problem(
            path,
            f"must not be smaller than {first.name} with {first.vcpus} vCPU and {first.memory_gib} GiB, "
            f"got {other.name!r} with {other.vcpus} and {other.memory_gib}, fix: make it the machine_type",
        )


def versions(args: EksGpuPoolFields) -> Iterable[Problem]:
    """Check the form of the versions, and that they are of one Kubernetes version."""
    kubernetes = args.kubernetes_version
    if kubernetes is not None and not _KUBERNETES.fullmatch(kubernetes):
        yield Problem("kubernetes_version", f"must be a minor version such as '1.33', got {kubernetes!r}")
    if args.release_version is None:
        return
    form, example = _RELEASES[args.os]
    match = form.fullmatch(args.release_version)
    if not match:
        yield Problem(
            "release_version",
            f"must be a release of {args.os.value} such as {example!r}, got {args.release_version!r}",
        )
    elif kubernetes and match.group(1) and match.group(1) != kubernetes:
        yield Problem(
            "release_version",
            f"must be of kubernetes_version {kubernetes}, got {args.release_version!r}, fix: change one of them",
        )


def counts(args: EksGpuPoolFields) -> Iterable[Problem]:
    """Check the bounds of counts and sizes."""
    if not 0 <= args.min_nodes <= args.max_nodes:
        yield Problem("min_nodes", f"must be from 0 to max_nodes, got {args.min_nodes}, max_nodes is {args.max_nodes}")
    yield from max_nodes_problems(args.max_nodes)
    yield from disk_problems(args.disk_gib, MAX_DISK_GIB)


def reservations(args: EksGpuPoolFields) -> Iterable[Problem]:
    """Check that reserved nodes name their reservation, and no others do."""
    if args.reservation is None and args.capacity_type in RESERVED:
        yield Problem(
            "reservation", f"required with capacity_type {args.capacity_type.value!r}, fix: reservation: {{id: cr-...}}"
        )
    if args.reservation is not None and args.capacity_type not in RESERVED:
        allowed = " or ".join(kind.value for kind in RESERVED)
        yield Problem(
            "reservation",
            f"must be left out with capacity_type {args.capacity_type.value!r}, fix: capacity_type: {allowed}",
        )


def zones(args: EksGpuPoolFields) -> Iterable[Problem]:
    """Check that there is a subnet, and only one where all nodes have to be in one zone."""
    if not args.subnet_ids:
        yield Problem("subnet_ids", "must have at least one subnet, got none")
    if args.capacity_type in RESERVED:
        cause = f"capacity_type {args.capacity_type.value!r}, whose reservation is in one zone"
    elif args.efa and args.efa.placement_group:
        cause = "a placement group, which is in one zone"
    else:
        return
    if len(args.subnet_ids) > 1:
        yield Problem(
            "subnet_ids", f"must be one subnet with {cause}, got {len(args.subnet_ids)}, fix: the subnet of that zone"
        )


def interfaces(args: EksGpuPoolFields) -> Iterable[Problem]:
    """Check that the machine type has EFA if it is requested."""
    if not args.efa:
        return
    found = gpu_machine_problem(args.catalogue, args.machine_type, "machine_type")
    if isinstance(found, Machine) and not found.network.efa_interfaces:
        yield Problem("efa", f"must be left out with {found.name}, which has no known EFA interfaces, fix: efa: null")


def partitions(args: EksGpuPoolFields) -> Iterable[Problem]:
    """Check that the machine's GPUs can be partitioned so."""
    found = gpu_machine_problem(args.catalogue, args.machine_type, "machine_type")
    if isinstance(found, Machine):
        yield from partition_problems(args, found)


def node_labels(args: EksGpuPoolFields) -> Iterable[Problem]:
    """Check that EKS accepts the labels. Source: https://github.com/eksctl-io/eksctl/issues/4007."""
    own = (*OWN_LABELS, MIG_CONFIG_LABEL, EFA_PRESENT_LABEL)
    yield from label_problems(args.labels, ["eks.amazonaws.com/"], own)


def node_taints(args: EksGpuPoolFields) -> Iterable[Problem]:
    """Check that EKS accepts the taints."""
    if len(args.taints) > MAX_TAINTS:
        yield Problem("taints", f"must be at most {MAX_TAINTS}, got {len(args.taints)}")
    yield from taint_problems(args.taints)


RULES: tuple[Callable[[EksGpuPoolFields], Iterable[Problem]], ...] = (
    machines, alternatives, versions, counts, reservations, zones, interfaces, partitions,
    node_labels, node_taints,
)  # fmt: skip


def name_problems(name: str) -> Iterable[Problem]:
    """Check the form of the pool's name, and the length that its children's physical names leave to it.

    A node group's name has at most 63 characters; Pulumi adds `-group-` and seven random digits to the pool's.
    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
    """
    if not _NAME.fullmatch(name):
        yield Problem(
            "",
            "must be named with letters, digits and hyphens, a letter or digit first, at most "
            f"{MAX_NAME} characters, got {name!r}",
        )
