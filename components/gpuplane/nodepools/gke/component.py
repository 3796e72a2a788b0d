"""The GKE GPU node pool component."""

from collections.abc import Sequence
from typing import ClassVar

import pulumi
import pulumi_gcp as gcp

from gpuplane.clusters.gke.account import node_account
from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.nodepools.gke.args import GkeGpuNodePoolArgs
from gpuplane.nodepools.gke.args_dict import GkeGpuNodePoolArgsDict
from gpuplane.nodepools.gke.facts import facts
from gpuplane.nodepools.gke.inputs import pool_inputs
from gpuplane.nodepools.gke.naming import name_problems


class GkeGpuNodePool(Component):
    """A GKE node pool with GPUs, always tainted `nvidia.com/gpu=present:NoSchedule`.

    GKE adds that taint itself only if the cluster already has a pool without GPUs when the pool is created; gpuplane
    always sets it. Source: https://cloud.google.com/kubernetes-engine/docs/how-to/gpus

    A change of an argument in `gpuplane.nodepools.gke.replaces.REPLACES` creates a new pool and then deletes the old
    one, with its nodes. docs/gke-node-pools.md describes how to do that without losing a server.

    Example:
        >>> pool = GkeGpuNodePool("t4", {
        ...     "cluster": "ml", "project": "acme", "location": "us-central1",
        ...     "machine_type": "n1-standard-8", "accelerator": "nvidia-tesla-t4", "max_nodes": 4,
        ... })

    Attributes:
        facts: What workloads need to know to be scheduled on it.
        resource: The `gcp.container.NodePool`.
        service_account: The service account created for its nodes, which may write logs and metrics and pull images;
            None if one was given.
        service_account_email: E-mail address of the nodes' service account.
    """

    SECTION: ClassVar[Section | None] = Section("pools.gke.{name}")
    CHILDREN: ClassVar[tuple[str, ...]] = ("account", "role", "pool")

    def __init__(
        self, name: str, args: GkeGpuNodePoolArgs | GkeGpuNodePoolArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = GkeGpuNodePoolArgs.parse(f'GkeGpuNodePool "{name}"', args, name_problems(name))
        super().__init__(name, checked, opts)
        self.facts = facts(name, checked)
        self.service_account: gcp.serviceaccount.Account | None = None
        roles: Sequence[pulumi.Resource] = []
        if checked.service_account is None:
            self.service_account, roles = node_account(self, checked.project, f"{name}-gpus")
        email = self.service_account.email if self.service_account else checked.service_account
        self.service_account_email: pulumi.Output[str] = pulumi.Output.from_input(email).apply(str)
        self.resource = self.make(
            gcp.container.NodePool,
            "pool",
            pool_inputs(checked, self.service_account_email),
            # The autoscaler owns the node counts: an `up` must not remove its nodes.
            pulumi.ResourceOptions(ignore_changes=["initialNodeCount", "nodeCount"], depends_on=roles),
        )
        self.register_outputs({"name": self.resource.name})
