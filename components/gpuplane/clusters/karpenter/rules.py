"""What Helm or IAM refuses of Karpenter's arguments."""

import re
from collections.abc import Iterable, Sequence

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input, is_plain
from gpuplane.clusters.eks import rules as eks_rules

# More would not fit into the policies of one role, which have 10,240 characters in all.
MAX_NODE_ROLES = 20

# The name of an event rule has at most 64 characters; `-rule-reservation-` and seven made-up digits are added. Source:
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
MAX_NAME = 39

# No wildcards, with which it could be any role, and so short that all of them fit. Source:
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
MAX_ROLE = 100
_ROLE = re.compile(rf"(?=.{{1,{MAX_ROLE}}}$)([\w+=,.@-]+/)*[\w+=,.@-]{{1,64}}", re.ASCII)


def name_problems(name: str) -> Iterable[Problem]:
    """Check the name, from which AWS resources get theirs."""
    yield from eks_rules.name_problems(name, MAX_NAME)


def version_problems(version: str, example: str) -> Iterable[Problem]:
    """Check the form of the charts' version."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        yield Problem("version", f"must be a version of its charts such as {example!r}, got {version!r}")


def node_role_problems(roles: Sequence[Input[str]]) -> Iterable[Problem]:
    """Check the number and the names of the roles that nodes may get."""
    if len(roles) > MAX_NODE_ROLES:
        yield Problem("node_roles", f"must be at most {MAX_NODE_ROLES}, got {len(roles)}, fix: let pools share a role")
    for index, role in enumerate(roles):
        if is_plain(role) and not _ROLE.fullmatch(str(role)):
            yield Problem(
                f"node_roles[{index}]",
                f"must be the name of a role, its path before it, at most {MAX_ROLE} characters, got {role!r}",
            )
