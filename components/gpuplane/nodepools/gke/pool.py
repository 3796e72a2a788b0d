"""The GKE GPU node pool component."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_gcp as gcp

from gpuplane.clusters.roles import NODE_ROLES
from gpuplane.component import Component
from gpuplane.nodepools.gke.args import GkeGpuNodePoolArgs
from gpuplane.nodepools.gke.inputs import facts, pool_inputs
from gpuplane.physical_name import physical_name


class GkeGpuNodePool(Component):
    """A GKE node pool with GPUs, always tainted `nvidia.com/gpu=present:NoSchedule`.

    GKE adds that taint by itself only when the cluster already has a pool without GPUs, and never later; declared,
    it is there in every case. Source: https://cloud.google.com/kubernetes-engine/docs/how-to/gpus

    Example:
        >>> pool = GkeGpuNodePool("t4", {
        ...     "cluster": "ml", "project": "acme", "location": "us-central1",
        ...     "machineType": "n1-standard-8", "accelerator": "nvidia-tesla-t4", "maxNodes": 4,
        ... })

    Attributes:
        facts: What workloads need to know to land on it.
        resource: The `gcp.container.NodePool`.
        service_account: The account its nodes run as, which may write logs and metrics and pull images.
    """

    CHILDREN: ClassVar[tuple[str, ...]] = ("account", "role", "pool")

    def __init__(
        self, name: str, args: GkeGpuNodePoolArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = GkeGpuNodePoolArgs.of(f'GkeGpuNodePool "{name}"', args)
        super().__init__(name, checked, opts)
        self.facts = facts(name, checked)
        self.service_account = self.make(
            gcp.serviceaccount.Account,
            "account",
            {
                "accountId": physical_name(f"{name}-gpus", 30),
                "displayName": f"Nodes of {name}",
                "project": checked.project,
            },
        )
        roles = [
            self.make(
                gcp.projects.IAMMember,
                "role",
                {"project": checked.project, "role": role, "member": self.service_account.member},
                suffix=role.removeprefix("roles/").replace(".", "-"),
            )
            for role in NODE_ROLES
        ]
        self.resource = self.make(
            gcp.container.NodePool,
            "pool",
            pool_inputs(checked, self.service_account.email),
            # The autoscaler owns the counts: an `up` must not take its nodes away.
            pulumi.ResourceOptions(ignore_changes=["initialNodeCount", "nodeCount"], depends_on=roles),
        )
        self.register_outputs({"name": self.resource.name})
