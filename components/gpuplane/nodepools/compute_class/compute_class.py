"""The GKE ComputeClass component."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from gpuplane.clusters.roles import NODE_ROLES
from gpuplane.component import Component
from gpuplane.errors import InvalidArgumentsError
from gpuplane.nodepools.compute_class.args import GkeComputeClassArgs
from gpuplane.nodepools.compute_class.inputs import class_inputs, facts
from gpuplane.nodepools.compute_class.rules import name_problems
from gpuplane.physical_name import physical_name


class GkeComputeClass(Component):
    """A ComputeClass: node pools that GKE makes by itself for pods that wait, by the first way that has nodes.

    Its nodes are tainted `cloud.google.com/compute-class=NAME:NoSchedule` beside the GPUs' own taint, and cost what the
    way they were got by costs, while a pod needs them. The object's name is the component's, as pods select it.

    Example:
        >>> scarce = GkeComputeClass("l4", {
        ...     "project": "acme", "machineType": "g2-standard-8", "maxNodes": 8,
        ...     "priorities": [
        ...         {"capacity": "reservation", "reservation": {"name": "l4s"}},
        ...         {"capacity": "on-demand"}, {"capacity": "flex-start"}, {"capacity": "spot"},
        ...     ],
        ... })

    Attributes:
        facts: What workloads need to know to land on its nodes.
        resource: The ComputeClass.
        service_account: The account that was made for its nodes; None where one was given.
    """

    CHILDREN: ClassVar[tuple[str, ...]] = ("account", "role", "class")

    def __init__(
        self, name: str, args: GkeComputeClassArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = _checked(name, args)
        super().__init__(name, checked, opts)
        self.facts = facts(name, checked)
        self.service_account = self._account(checked) if checked.service_account is None else None
        email = self.service_account.email if self.service_account else checked.service_account
        self.resource = self.make(
            k8s.apiextensions.CustomResource,
            "class",
            class_inputs(name, checked, pulumi.Output.from_input(email).apply(str)),
            pulumi.ResourceOptions(depends_on=self._roles(checked)),
        )
        self.register_outputs({"name": name})

    def _account(self, args: GkeComputeClassArgs) -> gcp.serviceaccount.Account:
        return self.make(
            gcp.serviceaccount.Account,
            "account",
            {
                "accountId": physical_name(f"{self.name}-class", 30),
                "displayName": f"Nodes of {self.name}",
                "project": args.project,
            },
        )

    def _roles(self, args: GkeComputeClassArgs) -> Sequence[pulumi.Resource]:
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


def _checked(name: str, args: GkeComputeClassArgs | Mapping[str, Any]) -> GkeComputeClassArgs:
    subject, unnameable = f'GkeComputeClass "{name}"', list(name_problems(name))
    try:
        checked = GkeComputeClassArgs.of(subject, args)
    except InvalidArgumentsError as error:
        raise InvalidArgumentsError(subject, [*error.problems, *unnameable]) from None
    if unnameable:
        raise InvalidArgumentsError(subject, unnameable)
    return checked
