"""The GKE GPU node pool component."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pulumi
import pulumi_gcp as gcp

from gpuplane.clusters.roles import NODE_ROLES
from gpuplane.component import Component
from gpuplane.errors import InvalidArgumentsError
from gpuplane.nodepools.gke.args import GkeGpuNodePoolArgs
from gpuplane.nodepools.gke.inputs import pool_inputs
from gpuplane.nodepools.gke.naming import name_problems
from gpuplane.nodepools.gke.pool_facts import facts
from gpuplane.physical_name import physical_name


class GkeGpuNodePool(Component):
    """A GKE node pool with GPUs, always tainted `nvidia.com/gpu=present:NoSchedule`.

    GKE adds that taint by itself only when the cluster already has a pool without GPUs, and never later; declared,
    it is there in every case. Source: https://cloud.google.com/kubernetes-engine/docs/how-to/gpus

    A change of an argument in `gpuplane.nodepools.gke.replaces.REPLACES` makes a new pool and then deletes the old one,
    with its nodes. The way to do that without losing a server is in docs/gke-node-pools.md.

    Example:
        >>> pool = GkeGpuNodePool("t4", {
        ...     "cluster": "ml", "project": "acme", "location": "us-central1",
        ...     "machineType": "n1-standard-8", "accelerator": "nvidia-tesla-t4", "maxNodes": 4,
        ... })

    Attributes:
        facts: What workloads need to know to land on it.
        resource: The `gcp.container.NodePool`.
        service_account: The account that was made for its nodes, which may write logs and metrics and pull images;
            None where one was given.
        service_account_email: E-mail address of the account that its nodes run as.
    """

    CHILDREN: ClassVar[tuple[str, ...]] = ("account", "role", "pool")

    def __init__(
        self, name: str, args: GkeGpuNodePoolArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = _checked(name, args)
        super().__init__(name, checked, opts)
        self.facts = facts(name, checked)
        self.service_account = self._account(checked) if checked.service_account is None else None
        self.service_account_email: pulumi.Output[str] = (
            self.service_account.email
            if self.service_account
            else pulumi.Output.from_input(checked.service_account).apply(str)
        )
        self.resource = self.make(
            gcp.container.NodePool,
            "pool",
            pool_inputs(checked, self.service_account_email),
            # The autoscaler owns the counts: an `up` must not take its nodes away.
            pulumi.ResourceOptions(ignore_changes=["initialNodeCount", "nodeCount"], depends_on=self._roles(checked)),
        )
        self.register_outputs({"name": self.resource.name})

    def _account(self, args: GkeGpuNodePoolArgs) -> gcp.serviceaccount.Account:
        return self.make(
            gcp.serviceaccount.Account,
            "account",
            {
                "accountId": physical_name(f"{self.name}-gpus", 30),
                "displayName": f"Nodes of {self.name}",
                "project": args.project,
            },
        )

    def _roles(self, args: GkeGpuNodePoolArgs) -> Sequence[pulumi.Resource]:
        """What the account may do, where it is made here."""
        account = self.service_account
        if account is None:
            return []
        return [
            self.make(
                gcp.projects.IAMMember,
                "role",
                {"project": args.project, "role": role, "member": account.member},
                suffix=role.removeprefix("roles/").replace(".", "-"),
            )
            for role in NODE_ROLES
        ]


def _checked(name: str, args: GkeGpuNodePoolArgs | Mapping[str, Any]) -> GkeGpuNodePoolArgs:
    subject, unnameable = f'GkeGpuNodePool "{name}"', list(name_problems(name))
    try:
        checked = GkeGpuNodePoolArgs.of(subject, args)
    except InvalidArgumentsError as error:
        raise InvalidArgumentsError(subject, [*error.problems, *unnameable]) from None
    if unnameable:
        raise InvalidArgumentsError(subject, unnameable)
    return checked
