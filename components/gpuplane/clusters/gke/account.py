"""The service account of GKE nodes, with the least privileges that they need."""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from gpuplane.component.base import Component
from gpuplane.component.physical_name import physical_name

# Logs, metrics and image pulls of a GKE node. Source:
# https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa
NODE_ROLES = ("roles/container.defaultNodeServiceAccount", "roles/artifactregistry.reader")


def node_account(
    component: Component, project: str, named: str, child: str = ""
) -> tuple[gcp.serviceaccount.Account, Sequence[pulumi.Resource]]:
    """Create an account and grant its roles, on which its nodes have to depend.

    Args:
        component: The component whose children they are.
        project: The cluster's project.
        named: The account's id, which is cut to the length that Google allows, with a hash at its end.
        child: What is in front of the names of the children `account` and `role`, where there may be others.
    """
    account = component.make(
        gcp.serviceaccount.Account,
        f"{child}account",
        {"accountId": physical_name(named, 30), "displayName": f"Nodes of {component.name}", "project": project},
    )
    roles = [
        component.make(
            gcp.projects.IAMMember,
            f"{child}role",
            {"project": project, "role": role, "member": account.member},
            suffix=f"{child}{role.removeprefix('roles/').replace('.', '-')}",
        )
        for role in NODE_ROLES
    ]
    return account, roles
