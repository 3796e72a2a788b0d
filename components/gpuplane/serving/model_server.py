"""A model server and everything it needs around it."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.capacity.rollout import strategy
from gpuplane.component import Component
from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.pod import PodSources, pod_spec
from gpuplane.serving.scaling.horizontal import autoscaler_spec
from gpuplane.serving.scaling.queue import KEDA_API, scaled_object_spec


class ModelServer(Component):
    """A Deployment with three probes, behind a Service, scaled by an autoscaler, safe to drain and to update.

    GPUs cost while a replica holds them: at most `scaling.max_replicas` times `gpu.count`.

    Example:
        >>> server = ModelServer("resnet50", {
        ...     "namespace": tenant.namespace,
        ...     "image": "registry.example.com/ml-images/inference:v1.2.0",
        ...     "cpu": {"request": "2", "limit": "4"},
        ...     "memory": {"request": "4Gi", "limit": "8Gi"},
        ...     "gpu": {"pool": pool.facts},
        ...     "env": {"MODEL_NAME": "resnet50"},
        ... })

    Attributes:
        deployment: The Deployment. No replicas are written to it: they are the autoscaler's.
        service: The Service, port 80 to the server's own.
        autoscaler: The HorizontalPodAutoscaler, or KEDA's ScaledObject where a queue decides.
        disruption_budget: The PodDisruptionBudget; it never blocks a drain.
        config_map: The ConfigMap of `env`, None without.
        secret: The Secret of `secrets`, None without.
        claim: The volume claim, None without.
        labels: The labels of its pods.
        url: Where other pods of the cluster reach it.
    """

    CHILDREN: ClassVar[tuple[str, ...]] = (
        "config", "secret", "model", "deployment", "service", "autoscaler", "disruption-budget",
    )  # fmt: skip

    def __init__(
        self, name: str, args: ModelServerArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = ModelServerArgs.of(f'ModelServer "{name}"', args)
        super().__init__(name, checked, opts)
        self.labels = labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/component": "inference"}
        named = {"name": name, "namespace": checked.namespace, "labels": labels}
        unnamed = {"namespace": checked.namespace, "labels": labels}
        self.config_map = self._config_map(checked, unnamed)
        self.secret = self._secret(checked, unnamed)
        self.claim = self._claim(checked, {**named, "name": f"{name}-model"})
        sources = PodSources(config_map=_name(self.config_map), secret=_name(self.secret), claim=_name(self.claim))
        self.deployment = self.make(
            k8s.apps.v1.Deployment,
            "deployment",
            {
                "metadata": {**named, "annotations": {"pulumi.com/timeoutSeconds": str(await_seconds(checked))}},
                "spec": deployment_spec(checked, labels, sources),
            },
        )
        self.service = self.make(
            k8s.core.v1.Service,
            "service",
            {
                # The Deployment's own await already says that the pods are ready.
                "metadata": {**named, "annotations": {"pulumi.com/skipAwait": "true"}},
                "spec": {
                    "type": "ClusterIP",
                    "selector": labels,
                    "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}],
                },
            },
        )
        self.autoscaler = self._autoscaler(checked, named)
        self.disruption_budget = self.make(
            k8s.policy.v1.PodDisruptionBudget,
            "disruption-budget",
            {"metadata": named, "spec": {"maxUnavailable": 1, "selector": {"matchLabels": labels}}},
        )
        self.url: pulumi.Output[str] = pulumi.Output.concat("http://", name, ".", checked.namespace, ".svc")
        self.register_outputs({"url": self.url})

    def _autoscaler(
        self, args: ModelServerArgs, metadata: Mapping[str, Any]
    ) -> k8s.autoscaling.v2.HorizontalPodAutoscaler | k8s.apiextensions.CustomResource:
        deployment = self.deployment.metadata.name
        if not args.scaling.queue:
            spec = autoscaler_spec(args.scaling, deployment)
            kind = k8s.autoscaling.v2.HorizontalPodAutoscaler
            return self.make(kind, "autoscaler", {"metadata": metadata, "spec": spec})
        spec = scaled_object_spec(args.scaling, args.scaling.queue, deployment, args.namespace)
        inputs = {"apiVersion": KEDA_API, "kind": "ScaledObject", "metadata": metadata, "spec": spec}
        return self.make(k8s.apiextensions.CustomResource, "autoscaler", inputs)

    def _config_map(self, args: ModelServerArgs, metadata: Mapping[str, Any]) -> k8s.core.v1.ConfigMap | None:
        if not args.env:
            return None
        return self.make(k8s.core.v1.ConfigMap, "config", {"metadata": metadata, "data": args.env})

    def _secret(self, args: ModelServerArgs, metadata: Mapping[str, Any]) -> k8s.core.v1.Secret | None:
        if not args.secrets:
            return None
        hidden = {name: pulumi.Output.secret(value) for name, value in args.secrets.items()}
        return self.make(k8s.core.v1.Secret, "secret", {"metadata": metadata, "type": "Opaque", "stringData": hidden})

    def _claim(self, args: ModelServerArgs, metadata: Mapping[str, Any]) -> k8s.core.v1.PersistentVolumeClaim | None:
        claim = args.storage.claim if args.storage else None
        if not claim:
            return None
        spec = {
            "accessModes": [claim.access_mode],
            "storageClassName": claim.storage_class,
            "resources": {"requests": {"storage": claim.size}},
        }
        return self.make(k8s.core.v1.PersistentVolumeClaim, "model", {"metadata": metadata, "spec": spec})


def deployment_spec(args: ModelServerArgs, labels: dict[str, str], sources: PodSources) -> dict[str, Any]:
    """The spec of the Deployment; its deadline allows every replica its load budget."""
    gpu = args.gpu
    return {
        "selector": {"matchLabels": labels},
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": args.probes.load_seconds + 300,
        "strategy": strategy(args.scaling.max_replicas, gpu.count if gpu else 0, gpu.max_gpus if gpu else None),
        "template": {"metadata": {"labels": labels}, "spec": pod_spec(args, labels, sources)},
    }


def await_seconds(args: ModelServerArgs) -> int:
    """How long `pulumi up` waits: for a node to come and every replica to load, one after the other at worst."""
    return 600 + args.probes.load_seconds * args.scaling.max_replicas


def _name(
    resource: k8s.core.v1.ConfigMap | k8s.core.v1.Secret | k8s.core.v1.PersistentVolumeClaim | None,
) -> pulumi.Output[str] | None:
    return None if resource is None else pulumi.Output.from_input(resource.metadata.name)
