"""The arguments of Karpenter's controller."""

import re
from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input, is_plain
from gpuplane.clusters.eks import inputs as eks_inputs
from gpuplane.component.base import ComponentArgs

VERSION = "1.14.1"
NAMESPACE = "kube-system"

# More would not fit into the policies of one role, which have 10,240 characters in all.
MAX_NODE_ROLES = 20

# The name of an event rule has at most 64 characters; `-rule-reservation-` and seven made-up digits are added. Source:
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
MAX_NAME = 39

# No wildcards, with which it could be any role, and so short that all of them fit. Source:
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
MAX_ROLE = 100
_ROLE = re.compile(rf"(?=.{{1,{MAX_ROLE}}}$)([\w+=,.@-]+/)*[\w+=,.@-]{{1,64}}", re.ASCII)


class KarpenterShape(ComponentArgs):
    """Karpenter, whatever cluster it is for."""

    version: str = VERSION
    """Version of its Helm charts. Its rights in AWS are those of 1.14."""

    namespace: str = NAMESPACE
    """Namespace of its controller; made where it is not there. By default `kube-system`, whose calls the API server
    answers first."""

    node_roles: list[Input[str]] = []
    """Names of the roles that its pools run as, beside the one that comes with it. It may give nodes no other role; one
    with a path is `path/name`."""

    def own_problems(self) -> Iterable[Problem]:
        """What Helm or IAM would refuse later."""
        if not re.fullmatch(r"\d+\.\d+\.\d+", self.version):
            yield Problem("version", f"must be a version of its charts such as {VERSION!r}, got {self.version!r}")
        if len(self.node_roles) > MAX_NODE_ROLES:
            yield Problem(
                "node_roles",
                f"must be at most {MAX_NODE_ROLES}, got {len(self.node_roles)}, fix: let pools share a role",
            )
        for index, role in enumerate(self.node_roles):
            if is_plain(role) and not _ROLE.fullmatch(str(role)):
                yield Problem(
                    f"node_roles[{index}]",
                    f"must be the name of a role, its path before it, at most {MAX_ROLE} characters, got {role!r}",
                )


class KarpenterArgs(KarpenterShape):
    """Arguments of `Karpenter`."""

    cluster: Input[str]
    """Name of the cluster; it needs the add-on `eks-pod-identity-agent`, and two nodes of other pools, with a CPU and
    1 GiB free on each."""


def name_problems(name: str) -> Iterable[Problem]:
    """Why it cannot be called so."""
    yield from eks_inputs.name_problems(name, MAX_NAME)
