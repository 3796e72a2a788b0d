"""The `ModelServer` component."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.serving.args import ModelServerArgs
from gpuplane.serving.args_dict import ModelServerArgsDict
from gpuplane.serving.artefacts.fill_job import FILL_SECONDS, fill_job_spec
from gpuplane.serving.artefacts.local_volume import local_claim_spec, volume_spec
from gpuplane.serving.artefacts.plan import Names, is_fetched_once, script
from gpuplane.serving.artefacts.uri import FETCHED, Scheme
from gpuplane.serving.inputs import (
    account_inputs,
    autoscaler_inputs,
    claim_spec,
    deployment_inputs,
    disruption_budget_inputs,
    service_inputs,
)
from gpuplane.serving.pod import config, pod_spec, variables


class ModelServer(Component):
    """A Deployment with three probes, behind a Service, scaled by an autoscaler, safe to drain and to update.

    GPUs are billed while a replica runs: at most `scaling.max_replicas` times `gpu.count`, plus one replica during a
    rollout if the pool has room for it.

    With `"gpu": {"pool": pool.facts}` instead, CPU and memory default to the part of the pool's machine that
    matches the GPUs.

    Example:
        >>> server = ModelServer("llama", {
        ...     "namespace": "ml-prod",
        ...     "runtime": "vllm",
        ...     "model": "gs://acme-models/llama-3.1-8b/",
        ...     "gpu": {"accelerator": "nvidia-l4"},
        ...     "cpu": {"request": "4"},
        ...     "memory": {"request": "16Gi"},
        ... })

    Attributes:
        deployment: The Deployment, without `replicas`, which the autoscaler owns.
        service: The Service, port 80 to the server's own.
        account: Its service account, without a token; access to the model's bucket is granted to it.
        autoscaler: The HorizontalPodAutoscaler, or KEDA's ScaledObject with `scaling.queue`.
        disruption_budget: The PodDisruptionBudget, which never blocks a drain.
        config_map: The ConfigMap of `env` and of the runtime's variables, None without any.
        secret: The Secret of `secrets`, None without any.
        claim: The PersistentVolumeClaim, None without one.
        fill: The Job that fetches the model for all replicas, None if each replica fetches its own copy.
        labels: The labels of its pods.
        url: Its URL in the cluster.
    """

    SECTION: ClassVar[Section | None] = Section("models.{name}")
    CHILDREN: ClassVar[tuple[str, ...]] = (
        "account", "config", "secret", "script", "volume", "model", "fill", "deployment", "service", "autoscaler",
        "disruption-budget",
    )  # fmt: skip

    def __init__(
        self, name: str, args: ModelServerArgs | ModelServerArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = ModelServerArgs.parse(f'ModelServer "{name}"', args)
        super().__init__(name, checked, opts)
        self.labels = labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/component": "inference"}
        named = {"name": name, "namespace": checked.namespace, "labels": labels}
        self._unnamed = {"namespace": checked.namespace, "labels": labels}
        self.account = self.make(k8s.core.v1.ServiceAccount, "account", account_inputs(checked, named))
        account = self.name_of(self.account)
        self.config_map = self._config_map("config", config(checked))
        self.secret = self._secret(checked)
        self.claim = self._claim(checked, {**named, "name": f"{name}-model"})
        is_fetched = checked.uri is not None and checked.uri.scheme in FETCHED
        names = Names(
            claim=self._named(self.claim),
            script=self._named(self._config_map("script", script())) if is_fetched else None,
            config_map=self._named(self.config_map),
            secret=self._named(self.secret),
        )
        self.fill = self._fill(checked, names, account)
        self.deployment = self.make(
            k8s.apps.v1.Deployment,
            "deployment",
            deployment_inputs(checked, named, labels, pod_spec(checked, labels, names, account)),
            pulumi.ResourceOptions(depends_on=[self.fill] if self.fill else []),
        )
        self.service = self.make(k8s.core.v1.Service, "service", service_inputs(named, labels))
        self.autoscaler = self._autoscaler(checked, named)
        self.disruption_budget = self.make(
            k8s.policy.v1.PodDisruptionBudget, "disruption-budget", disruption_budget_inputs(named, labels)
        )
        self.url: pulumi.Output[str] = pulumi.Output.concat("http://", name, ".", checked.namespace, ".svc")
        self.register_outputs({"url": self.url})

    def _autoscaler(
        self, args: ModelServerArgs, metadata: Mapping[str, Any]
    ) -> k8s.autoscaling.v2.HorizontalPodAutoscaler | k8s.apiextensions.CustomResource:
        inputs = autoscaler_inputs(args, metadata, self.name_of(self.deployment))
        if args.scaling.queue:
            return self.make(k8s.apiextensions.CustomResource, "autoscaler", inputs)
        return self.make(k8s.autoscaling.v2.HorizontalPodAutoscaler, "autoscaler", inputs)

    def _config_map(self, child: str, data: Mapping[str, Any]) -> k8s.core.v1.ConfigMap | None:
        if not data:
            return None
        return self.make(k8s.core.v1.ConfigMap, child, {"metadata": self._unnamed, "data": data})

    def _secret(self, args: ModelServerArgs) -> k8s.core.v1.Secret | None:
        if not args.secrets:
            return None
        hidden = {name: pulumi.Output.secret(value) for name, value in args.secrets.items()}
        inputs = {"metadata": self._unnamed, "type": "Opaque", "stringData": hidden}
        return self.make(k8s.core.v1.Secret, "secret", inputs)

    def _claim(self, args: ModelServerArgs, metadata: Mapping[str, Any]) -> k8s.core.v1.PersistentVolumeClaim | None:
        claim, uri = args.storage.claim, args.uri
        if claim:
            spec = claim_spec(claim)
        elif uri and uri.scheme is Scheme.LOCAL:
            name = pulumi.Output.concat(args.namespace, "-", metadata["name"])
            volume = self.make(
                k8s.core.v1.PersistentVolume,
                "volume",
                {
                    "metadata": {"name": name, "labels": self.labels},
                    "spec": volume_spec(uri, metadata["name"], args.namespace),
                },
            )
            spec = local_claim_spec(self.name_of(volume))
        else:
            return None
        return self.make(k8s.core.v1.PersistentVolumeClaim, "model", {"metadata": metadata, "spec": spec})

    def _fill(self, args: ModelServerArgs, names: Names, account: pulumi.Output[str]) -> k8s.batch.v1.Job | None:
        if not (args.uri and is_fetched_once(args.uri, args.storage)):
            return None
        pod: dict[str, Any] = {"serviceAccountName": account}
        if args.priority_class is not None:
            pod["priorityClassName"] = args.priority_class
        spec = fill_job_spec(args.uri, args.storage, names, variables(args), pod, args.run_as_user)
        annotations = {"pulumi.com/timeoutSeconds": str(FILL_SECONDS)}
        metadata = {"namespace": args.namespace, "annotations": annotations}
        return self.make(k8s.batch.v1.Job, "fill", {"metadata": metadata, "spec": spec})

    def _named(self, resource: pulumi.Resource | None) -> pulumi.Output[str] | None:
        return None if resource is None else self.name_of(resource)
