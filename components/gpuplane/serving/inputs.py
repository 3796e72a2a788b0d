"""The inputs of a model server's Kubernetes objects, apart from its pod."""

from collections.abc import Mapping
from typing import Any

from gpuplane.arguments.inputs import Input
from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.rollout import await_seconds, rollout_spec
from gpuplane.serving.scaling.horizontal import autoscaler_spec
from gpuplane.serving.scaling.keda import KEDA_API, scaled_object_spec
from gpuplane.serving.storage import ModelClaim


def account_inputs(args: ModelServerArgs, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of the ServiceAccount, whose token is not mounted."""
    annotated = {**metadata, "annotations": args.service_account_annotations}
    return {"metadata": annotated, "automountServiceAccountToken": False}


def deployment_inputs(
    args: ModelServerArgs, metadata: Mapping[str, Any], labels: Mapping[str, str], pod: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the inputs of the Deployment, without `replicas`, which the autoscaler owns."""
    template = {"metadata": {"labels": labels}, "spec": pod}
    return {
        "metadata": {**metadata, "annotations": {"pulumi.com/timeoutSeconds": str(await_seconds(args))}},
        "spec": {"selector": {"matchLabels": labels}, **rollout_spec(args), "template": template},
    }


def service_inputs(metadata: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the inputs of the Service, which is not awaited: the Deployment already is."""
    return {
        "metadata": {**metadata, "annotations": {"pulumi.com/skipAwait": "true"}},
        "spec": {
            "type": "ClusterIP",
            "selector": labels,
            "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}],
        },
    }


def disruption_budget_inputs(metadata: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the inputs of the PodDisruptionBudget, which never blocks a drain: pods that are not ready may go.

    Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
    """
    return {
        "metadata": metadata,
        "spec": {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": labels},
        },
    }


def autoscaler_inputs(args: ModelServerArgs, metadata: Mapping[str, Any], deployment: Input[str]) -> dict[str, Any]:
    """Return the inputs of the HorizontalPodAutoscaler, or of KEDA's ScaledObject with `scaling.queue`."""
    if not args.scaling.queue:
        return {"metadata": metadata, "spec": autoscaler_spec(args.scaling, deployment)}
    spec = scaled_object_spec(args.scaling, args.scaling.queue, deployment, args.namespace)
    return {"apiVersion": KEDA_API, "kind": "ScaledObject", "metadata": metadata, "spec": spec}


def claim_spec(claim: ModelClaim) -> dict[str, Any]:
    """Return the spec of the PersistentVolumeClaim that a server's storage asks for."""
    return {
        "accessModes": [claim.access_mode],
        "storageClassName": claim.storage_class,
        "resources": {"requests": {"storage": claim.size}},
    }
