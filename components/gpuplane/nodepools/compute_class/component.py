"""The GKE ComputeClass component."""

from collections.abc import Sequence
from typing import ClassVar

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from gpuplane.clusters.gke.account import node_account
from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.nodepools.compute_class.args import GkeComputeClassArgs
from gpuplane.nodepools.compute_class.args_dict import GkeComputeClassArgsDict
from gpuplane.nodepools.compute_class.facts import facts
from gpuplane.nodepools.compute_class.inputs import class_inputs
from gpuplane.nodepools.compute_class.rules import name_problems


class GkeComputeClass(Component):
    """A ComputeClass: node pools that GKE makes by itself for pods that wait, by the first way that has nodes.

    Its nodes are tainted `cloud.google.com/compute-class=NAME:NoSchedule` beside the GPUs' own taint, and cost what the
    way they were got by costs, while a pod needs them. The object's name is the component's, as pods select it.

    Example:
        >>> scarce = GkeComputeClass("l4", {
        ...     "project": "acme", "machine_type": "g2-standard-8", "max_nodes": 8,
        ...     "priorities": [
        ...         {"provisioning_model": "reservation", "reservation": {"name": "l4s"}},
        ...         {"provisioning_model": "on-demand"},
        ...         {"provisioning_model": "spot"},
        ...     ],
        ... })

    Attributes:
        facts: What workloads need to know to land on its nodes.
        resource: The ComputeClass.
        service_account: The account that was made for its nodes; None where one was given.
    """

    SECTION: ClassVar[Section | None] = Section("pools.computeClasses.{name}", {"zones": "priorities"})
    CHILDREN: ClassVar[tuple[str, ...]] = ("account", "role", "class")

    def __init__(
        self, name: str, args: GkeComputeClassArgs | GkeComputeClassArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = GkeComputeClassArgs.parse(f'GkeComputeClass "{name}"', args, name_problems(name))
        super().__init__(name, checked, opts)
        self.facts = facts(name, checked)
        self.service_account: gcp.serviceaccount.Account | None = None
        roles: Sequence[pulumi.Resource] = []
        if checked.service_account is None:
            self.service_account, roles = node_account(self, checked.project, f"{name}-class")
        email = self.service_account.email if self.service_account else checked.service_account
        self.resource = self.make(
            k8s.apiextensions.CustomResource,
            "class",
            class_inputs(name, checked, pulumi.Output.from_input(email).apply(str)),
            pulumi.ResourceOptions(depends_on=roles),
        )
        self.register_outputs({"name": name})
