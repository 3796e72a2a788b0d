"""What EKS refuses of a cluster's arguments."""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence

from gpuplane.arguments.errors import Problem, unknown
from gpuplane.arguments.inputs import Input, is_plain
from gpuplane.clusters.eks.add_ons import add_ons
from gpuplane.clusters.eks.fields import CPU_MIN_NODES
from gpuplane.hardware import Catalogue
from gpuplane.platforms import Platform

# The name of a role has at most 64 characters; `-cpu-role-` and seven made-up digits are added to the cluster's.
# Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
MAX_NAME = 47


def name_problems(name: str, max_name: int = MAX_NAME) -> Iterable[Problem]:
    """Check the name of a cluster, or of anything with the same characters.

    Args:
        name: The name.
        max_name: Most characters. By default those of a cluster's.
    """
    if not re.fullmatch(rf"[0-9A-Za-z][-0-9A-Za-z]{{0,{max_name - 1}}}", name):
        yield Problem(
            "",
            "must be named with letters, digits and hyphens, a letter or digit first, "
            f"at most {max_name} characters, got {name!r}",
        )


def subnet_problems(subnet_ids: Sequence[Input[str]]) -> Iterable[Problem]:
    """Check the number of subnets: EKS requires two availability zones."""
    if len(subnet_ids) < 2:
        yield Problem(
            "subnet_ids", f"must be in two availability zones at least, got {len(subnet_ids)}, fix: two or more"
        )


def version_problems(version: str | None) -> Iterable[Problem]:
    """Check the form of the Kubernetes version."""
    if version is not None and not re.fullmatch(r"1\.\d{2}", version):
        yield Problem("version", f"must be a minor version such as '1.33', got {version!r}")


def access_problems(public_cidrs: Sequence[str] | None, admins: Mapping[str, Input[str]]) -> Iterable[Problem]:
    """Check the networks that may reach the API server, and the ARNs of its administrators."""
    for index, cidr in enumerate(public_cidrs or []):
        try:
            ipaddress.IPv4Network(cidr)
        except ValueError:
            yield Problem(f"public_cidrs[{index}]", f"must be an IPv4 network such as '203.0.113.0/24', got {cidr!r}")
    for name, arn in admins.items():
        if is_plain(arn) and not str(arn).startswith("arn:"):
            yield Problem(f"admins.{name}", f"must start with 'arn:', got {arn!r}")


def add_on_problems(versions: Mapping[str, str], efs: bool) -> Iterable[Problem]:
    """Check that versions are given of add-ons that the cluster has."""
    known = add_ons(efs)
    for name in versions:
        if name not in known:
            yield Problem(f"add_on_versions.{name}", unknown("add-on", name, known))


def cpu_group_problems(catalogue: Catalogue, instance_type: str, max_nodes: int) -> Iterable[Problem]:
    """Check that the CPU nodes are of a known instance type without GPUs, and the group's size."""
    try:
        found = catalogue.machine(Platform.EKS, instance_type)
    except ValueError as error:
        yield Problem("cpu_instance_type", f"{error}, fix: correct it, or add it to the catalogue")
    else:
        if found.vendor:
            yield Problem(
                "cpu_instance_type",
                f"must be without GPUs, got {found.name!r} with {found.gpus} {found.accelerator}, fix: a pool",
            )
    if max_nodes < CPU_MIN_NODES:
        yield Problem("cpu_max_nodes", f"must be at least {CPU_MIN_NODES}, got {max_nodes}")
