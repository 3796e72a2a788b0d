"""The arguments of an EKS GPU node group."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input
from gpuplane.nodepools.eks import rules
from gpuplane.nodepools.eks.fields import EksGpuPoolFields


class EksGpuPoolShape(EksGpuPoolFields):
    """An EKS GPU node group without what its component alone needs."""

    def own_problems(self) -> Iterable[Problem]:
        """Check the rules over several arguments."""
        for rule in rules.RULES:
            yield from rule(self)


class EksGpuNodePoolArgs(EksGpuPoolShape):
    """Arguments of `EksGpuNodePool`."""

    cluster: Input[str]
    """Name of the cluster."""

    cluster_security_group_id: Input[str] | None = None
    """The security group that EKS created for the cluster. Required with `efa` or `security_group_ids`."""

    vpc_id: Input[str] | None = None
    """The cluster's VPC, in which EFA's security group is created. Required with `efa`."""

    def own_problems(self) -> Iterable[Problem]:
        """Check the rules over several arguments, and what EFA and security groups need of the cluster."""
        yield from super().own_problems()
        needs = "EFA" if self.efa else "security_group_ids" if self.security_group_ids else ""
        if needs and self.cluster_security_group_id is None:
            yield Problem(
                "cluster_security_group_id",
                f"required with {needs}, whose nodes otherwise cannot reach the cluster, "
                "fix: the cluster's vpc_config.cluster_security_group_id",
            )
        if self.efa and self.vpc_id is None:
            yield Problem("vpc_id", "required with EFA, whose security group is created in it, fix: the cluster's VPC")
