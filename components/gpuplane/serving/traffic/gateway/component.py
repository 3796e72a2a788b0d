"""The shared gateway in front of model servers."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.platforms import gateway_class
from gpuplane.serving.traffic.gateway.args import InferenceGatewayArgs
from gpuplane.serving.traffic.gateway.args_dict import InferenceGatewayArgsDict
from gpuplane.serving.traffic.gateway.facts import GatewayFacts
from gpuplane.serving.traffic.gateway.inputs import (
    AWS_SETTINGS,
    GATEWAY_API,
    aws_settings_spec,
    certificate_spec,
    gateway_annotations,
    gateway_spec,
    redirect_spec,
)
from gpuplane.serving.traffic.gateway.rules import class_of

GATEWAY = "inference"


class InferenceGateway(Component):
    """One Gateway for all models: TLS, its certificate, and a redirect from plain HTTP.

    It has a namespace of its own, so that no tenant can read its certificate, and accepts routes of the given
    namespaces. The cluster must have the GatewayClass, and cert-manager if `issuer` is set.

    Example:
        >>> gateway = InferenceGateway("gateway", {
        ...     "platform": "gke",
        ...     "issuer": "letsencrypt-prod",
        ...     "hosts": ["api.ml.example.com"],
        ...     "namespaces": ["ml-prod"],
        ... })

    Attributes:
        namespace: The Namespace.
        quota: Its ResourceQuota, which allows no GPUs.
        gateway: The Gateway.
        certificate: cert-manager's Certificate, None without an issuer.
        redirect: The HTTPRoute from plain HTTP, None without TLS.
        settings: The AWS Load Balancer Controller's LoadBalancerConfiguration, None for other classes.
        facts: The facts that a `ModelRoute` needs.
    """

    SECTION: ClassVar[Section | None] = Section("gateway")
    CHILDREN: ClassVar[tuple[str, ...]] = ("namespace", "quota", "settings", "certificate", "gateway", "redirect")

    def __init__(
        self,
        name: str,
        args: InferenceGatewayArgs | InferenceGatewayArgsDict,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        checked = InferenceGatewayArgs.parse(f'InferenceGateway "{name}"', args)
        super().__init__(name, checked, opts)
        class_name = str(class_of(checked, checked.platform))
        policies = gateway_class(class_name).policies
        self.namespace = self.make(
            k8s.core.v1.Namespace,
            "namespace",
            {
                "metadata": {
                    "name": checked.namespace,
                    "labels": {"pod-security.kubernetes.io/enforce": "restricted"},
                }
            },
        )
        inside = self.name_of(self.namespace)
        self.quota = self.make(
            k8s.core.v1.ResourceQuota,
            "quota",
            {"metadata": {"name": "quota", "namespace": inside}, "spec": {"hard": {"requests.nvidia.com/gpu": "0"}}},
        )
        self.settings: k8s.apiextensions.CustomResource | None = None
        if policies == "aws":
            spec = aws_settings_spec(checked, checked.idle_seconds)
            self.settings = self._object(
                "settings", "gateway.k8s.aws/v1beta1", "LoadBalancerConfiguration", inside, AWS_SETTINGS, spec
            )
        self.certificate: k8s.apiextensions.CustomResource | None = None
        if checked.issuer is not None:
            spec = certificate_spec(checked.issuer, checked.hosts)
            self.certificate = self._object(
                "certificate", "cert-manager.io/v1", "Certificate", inside, "inference-gateway", spec
            )
        self.gateway = self._object(
            "gateway",
            GATEWAY_API,
            "Gateway",
            inside,
            GATEWAY,
            gateway_spec(checked, class_name, policies, checked.namespaces),
            gateway_annotations(checked),
        )
        self.redirect: k8s.apiextensions.CustomResource | None = None
        if checked.tls is not None:
            self.redirect = self._object(
                "redirect", GATEWAY_API, "HTTPRoute", inside, "redirect-to-tls", redirect_spec(GATEWAY)
            )
        listener = "https" if checked.tls is not None else "http"
        self.facts = GatewayFacts(name=GATEWAY, namespace=inside, listener=listener, policies=policies)
        self.register_outputs({"namespace": inside})

    def _object(
        self,
        child: str,
        api_version: str,
        kind: str,
        namespace: pulumi.Output[str],
        name: str,
        spec: Mapping[str, Any],
        annotations: Mapping[str, str] | None = None,
    ) -> k8s.apiextensions.CustomResource:
        metadata = {"name": name, "namespace": namespace, **({"annotations": annotations} if annotations else {})}
        return self.make(
            k8s.apiextensions.CustomResource,
            child,
            {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec},
        )
