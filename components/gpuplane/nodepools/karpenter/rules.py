"""Rules of a GPU node pool of Karpenter: what Karpenter or EC2 would refuse only later."""

import re
from collections.abc import Callable, Iterable

from gpuplane.arguments.errors import Problem, unknown
from gpuplane.hardware import Catalogue, Machine
from gpuplane.hardware.ami_types import gpu_ami
from gpuplane.nodepools.ec2.fields import EksOs
from gpuplane.nodepools.ec2.rules import (
    OWN_LABELS,
    disk_problems,
    gpu_machine_problem,
    id_problems,
    max_nodes_problems,
)
from gpuplane.nodepools.facts import MIG_CONFIG_LABEL
from gpuplane.nodepools.karpenter.fields import KarpenterGpuPoolFields
from gpuplane.nodepools.labels import label_problems
from gpuplane.nodepools.taints import taint_problems
from gpuplane.platforms import Platform

RESERVED_PREFIXES = ("karpenter.sh/", "karpenter.k8s.aws/", "eks.amazonaws.com/")

# Source: https://github.com/aws/karpenter-provider-aws/blob/main/pkg/apis/crds/karpenter.k8s.aws_ec2nodeclasses.yaml
MAX_DISK_GIB = 59_000
MAX_WEIGHT = 100
MAX_NAME = 55

# Source: https://karpenter.sh/docs/concepts/nodeclasses/#alias
_RELEASES = {
    EksOs.AL2023: (re.compile(r"latest|v\d{8}"), "v20260101"),
    EksOs.BOTTLEROCKET: (re.compile(r"latest|v1\.\d+\.\d+"), "v1.49.0"),
}
_NAME = re.compile(rf"[a-z0-9]([-a-z0-9]{{0,{MAX_NAME - 2}}}[a-z0-9])?")


def candidates(catalogue: Catalogue, accelerator: str, gpus: int) -> list[Machine]:
    """Return the instance types with this many of the accelerator, the smallest first.

    Example:
        >>> from gpuplane.hardware import BUILT_IN
        >>> [found.name for found in candidates(BUILT_IN, "a10g", 8)]
        ['g5.48xlarge']
    """
    fitting = (
        known
        for known in catalogue.machines(Platform.EKS)
        if known.vendor == "nvidia" and known.accelerator == accelerator and known.gpus == gpus
    )
    return sorted(fitting, key=lambda known: (known.vcpus, known.memory_gib))


def chosen(args: KarpenterGpuPoolFields) -> list[Machine]:
    """Return the instance types that the pool may use, the smallest first."""
    every = candidates(args.catalogue, args.accelerator, args.gpus_per_node)
    return [known for known in every if not args.machine_types or known.name in args.machine_types]


def accelerator(args: KarpenterGpuPoolFields) -> Iterable[Problem]:
    """Check that the accelerator is one of NVIDIA's on EC2, and an instance type has this many."""
    known = {found.accelerator for found in args.catalogue.machines(Platform.EKS) if found.vendor == "nvidia"}
    if args.accelerator not in known:
        names = [found.name for found in args.catalogue.accelerators() if found.name in known]
        yield Problem("accelerator", unknown("NVIDIA accelerator of EC2", args.accelerator, names))
    elif not candidates(args.catalogue, args.accelerator, args.gpus_per_node):
        counts = {
            int(found.gpus) for found in args.catalogue.machines(Platform.EKS) if found.accelerator == args.accelerator
        }
        allowed = ", ".join(map(str, sorted(counts - {0})))
        yield Problem(
            "gpus_per_node",
            f"no instance type has this many {args.accelerator}, got {args.gpus_per_node}, allowed: {allowed}",
        )


def machine_types(args: KarpenterGpuPoolFields) -> Iterable[Problem]:
    """Check that the instance types have this many of the accelerator."""
    names = [known.name for known in candidates(args.catalogue, args.accelerator, args.gpus_per_node)]
    for index, name in enumerate(args.machine_types):
        path = f"machine_types[{index}]"
        found = gpu_machine_problem(args.catalogue, name, path)
        if isinstance(found, Problem):
            yield found
        elif names and name not in names:
            yield Problem(
                path,
                f"must have {args.gpus_per_node} {args.accelerator}, got {name!r} with {found.gpus} "
                f"{found.accelerator}, allowed: {', '.join(names)}",
            )


def images(args: KarpenterGpuPoolFields) -> Iterable[Problem]:
    """Check that every machine has an AMI with a driver, and the form of the release."""
    form, example = _RELEASES[args.os]
    if not form.fullmatch(args.release):
        yield Problem(
            "release", f"must be latest or a release of {args.os.value} such as {example!r}, got {args.release!r}"
        )
    if args.ami_ids and args.release != "latest":
        yield Problem("release", f"must be left out with ami_ids, got {args.release!r}")
    without = [known.name for known in chosen(args) if not gpu_ami(args.os.value, known)]
    if without and not args.ami_ids:
        yield Problem(
            "os",
            f"must have an AMI with NVIDIA's driver for {without[0]}, got {args.os.value!r}, fix: {EksOs.AL2023.value}",
        )


def network(args: KarpenterGpuPoolFields) -> Iterable[Problem]:
    """Check that subnets are given either by id or by tag."""
    if bool(args.subnet_ids) == bool(args.subnet_tags):
        got = "both" if args.subnet_ids else "neither"
        yield Problem("subnet_ids", f"must have either subnet_ids or subnet_tags, got {got}")
    for key, value in args.subnet_tags.items():
        if not key or not value:
            yield Problem(f"subnet_tags[{key!r}]", f"must have a key and a value, got {value!r}, such as '*' for any")


def capacity(args: KarpenterGpuPoolFields) -> Iterable[Problem]:
    """Check that there is a capacity type, and that reserved nodes name their reservations."""
    if not args.capacity_type:
        yield Problem("capacity_type", "must have at least one, got none, allowed: reserved, spot, on-demand")
    is_reserved = any(kind.value == "reserved" for kind in args.capacity_type)
    if is_reserved and not args.reservation_ids:
        yield Problem("reservation_ids", "required with capacity_type 'reserved', got none, fix: [cr-...]")
    if args.reservation_ids and not is_reserved:
        yield Problem(
            "reservation_ids", "must be left out without capacity_type 'reserved', fix: capacity_type: [reserved]"
        )


def ids(args: KarpenterGpuPoolFields) -> Iterable[Problem]:
    """Check that ids start as AWS' do."""
    for path, prefix, given in (
        ("reservation_ids", "cr-", args.reservation_ids),
        ("ami_ids", "ami-", args.ami_ids),
        ("subnet_ids", "subnet-", args.subnet_ids),
        ("security_group_ids", "sg-", args.security_group_ids),
    ):
        for index, one in enumerate(given):
            yield from id_problems(f"{path}[{index}]", one, prefix)


def counts(args: KarpenterGpuPoolFields) -> Iterable[Problem]:
    """Check the bounds of counts and sizes."""
    yield from max_nodes_problems(args.max_nodes)
    yield from disk_problems(args.disk_gib, MAX_DISK_GIB)
    if args.weight is not None and not 1 <= args.weight <= MAX_WEIGHT:
        yield Problem("weight", f"must be from 1 to {MAX_WEIGHT}, got {args.weight}")


def metadata(args: KarpenterGpuPoolFields) -> Iterable[Problem]:
    """Check that Karpenter accepts the labels and taints."""
    yield from label_problems(args.labels, RESERVED_PREFIXES, OWN_LABELS)
    if MIG_CONFIG_LABEL in args.labels:
        yield Problem(
            f"labels[{MIG_CONFIG_LABEL!r}]",
            "must be left out, Karpenter counts whole GPUs of a node, not its partitions, "
            "fix: an EksGpuNodePool with partition_size",
        )
    yield from taint_problems(args.taints)


RULES: tuple[Callable[[KarpenterGpuPoolFields], Iterable[Problem]], ...] = (
    accelerator, machine_types, images, network, capacity, ids, counts, metadata,
)  # fmt: skip


def name_problems(name: str) -> Iterable[Problem]:
    """Check that Kubernetes accepts the pool's name, and that the role's longer name fits too."""
    if not _NAME.fullmatch(name):
        yield Problem(
            "",
            "must be named with lower-case letters, digits and hyphens, no hyphen first or last, at most "
            f"{MAX_NAME} characters, got {name!r}",
        )
