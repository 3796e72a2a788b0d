"""The `ModelIngress` component."""

from collections.abc import Mapping
from typing import ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.serving.traffic.ingress.args import ModelIngressArgs
from gpuplane.serving.traffic.ingress.args_dict import ModelIngressArgsDict
from gpuplane.serving.traffic.ingress.inputs import ingress_annotations, ingress_spec
from gpuplane.serving.variants.canary import canary_annotations, canary_of


class ModelIngress(Component):
    """An Ingress with TLS to one model's servers, and with two variants the canary Ingress of the second.

    Example:
        >>> ingress = ModelIngress("bert", {
        ...     "namespace": "ml-prod",
        ...     "ingress": {"issuer": "letsencrypt-prod"},
        ...     "hosts": ["api.ml.example.com"],
        ...     "backends": {"main": {"service": "bert", "weight": 90}, "v2": {"service": "bert-v2", "weight": 10}},
        ... })

    Attributes:
        ingress: The Ingress.
        canary: The canary Ingress, None with one variant.
        url: Its URL.
    """

    SECTION: ClassVar[Section | None] = Section("models.{name}.route")
    CHILDREN: ClassVar[tuple[str, ...]] = ("ingress", "canary")

    def __init__(
        self, name: str, args: ModelIngressArgs | ModelIngressArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = ModelIngressArgs.parse(f'ModelIngress "{name}"', args)
        super().__init__(name, checked, opts)
        secret = checked.ingress.tls_secret or f"{name}-tls"
        canary = canary_of(checked.backends)
        stable = next(variant for variant in sorted(checked.backends) if variant != canary)
        self.ingress = self._ingress(
            "ingress", checked, name, stable, secret, ingress_annotations(checked.ingress, checked)
        )
        self.canary = (
            self._ingress(
                "canary", checked, f"{name}-canary", canary, secret, canary_annotations(checked.backends[canary])
            )
            if canary is not None
            else None
        )
        self.url = f"https://{checked.hosts[0]}{checked.path}"
        self.register_outputs({"url": self.url})

    def _ingress(
        self,
        child: str,
        args: ModelIngressArgs,
        name: str,
        variant: str,
        secret: str,
        annotations: Mapping[str, str],
    ) -> k8s.networking.v1.Ingress:
        service = args.backends[variant].service
        # A missing Ingress controller must not block the deployment.
        waits = {"pulumi.com/skipAwait": "true"}
        return self.make(
            k8s.networking.v1.Ingress,
            child,
            {
                "metadata": {"name": name, "namespace": args.namespace, "annotations": {**annotations, **waits}},
                "spec": ingress_spec(args.ingress, args, service, secret),
            },
        )
