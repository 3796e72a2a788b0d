"""Connections to clusters: kubeconfigs, and the explicit Kubernetes provider."""

import json
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.arguments.inputs import Input
from gpuplane.platforms import Platform, facts


def gke_kubeconfig(name: str, endpoint: Input[str], ca_certificate: Input[str]) -> pulumi.Output[str]:
    """Return a kubeconfig that gets its credentials from `gke-gcloud-auth-plugin` and contains none.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl
    """
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            **_program(Platform.GKE),
            "interactiveMode": "Never",
            "provideClusterInfo": True,
        }
    }
    return _kubeconfig(name, endpoint, ca_certificate, user)


def eks_kubeconfig(
    name: str, endpoint: Input[str], ca_certificate: Input[str], region: Input[str]
) -> pulumi.Output[str]:
    """Return a kubeconfig that gets its credentials from `aws eks get-token` and contains none.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html
    """
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            **_program(Platform.EKS),
            "args": ["eks", "get-token", "--output", "json", "--cluster-name", name, "--region", region],
            "interactiveMode": "Never",
        }
    }
    return _kubeconfig(name, endpoint, ca_certificate, user)


def _program(platform: Platform) -> dict[str, str]:
    plugin = facts(platform).credential_plugin
    assert plugin
    return {"command": plugin.command, "installHint": plugin.install}


def _kubeconfig(
    name: str, endpoint: Input[str], ca_certificate: Input[str], user: dict[str, Any]
) -> pulumi.Output[str]:
    def written(known: dict[str, Any]) -> str:
        server = known["endpoint"]
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [
                    {
                        "name": name,
                        "cluster": {
                            "server": server if "://" in server else f"https://{server}",
                            "certificate-authority-data": known["ca"],
                        },
                    }
                ],
                "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
                "current-context": name,
                "users": [{"name": name, "user": known["user"]}],
            }
        )

    return pulumi.Output.all(endpoint=endpoint, ca=ca_certificate, user=user).apply(written)


def kubernetes_provider(
    parent: pulumi.Resource,
    name: str,
    kubeconfig: Input[str],
    identifier: Input[str],
    opts: pulumi.ResourceOptions | None = None,
) -> k8s.Provider:
    """Return the explicit provider of a cluster; a changed kubeconfig alone never replaces its objects.

    Args:
        parent: The cluster's component.
        name: Logical name of the provider.
        kubeconfig: Its text.
        identifier: Identifies the cluster: its objects are replaced only when this changes.
        opts: Options beside the parent.
    """
    return k8s.Provider(
        name,
        kubeconfig=kubeconfig,
        cluster_identifier=identifier,
        enable_server_side_apply=True,
        opts=pulumi.ResourceOptions.merge(pulumi.ResourceOptions(parent=parent), opts),
    )
