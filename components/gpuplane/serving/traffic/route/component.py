"""A model's route through the shared gateway."""

from typing import ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.serving.traffic.gateway.inputs import GATEWAY_API
from gpuplane.serving.traffic.route.args import ModelRouteArgs
from gpuplane.serving.traffic.route.args_dict import ModelRouteArgsDict
from gpuplane.serving.traffic.route.inputs import BackendPolicy, backend_policies, http_route_spec


class ModelRoute(Component):
    """An HTTPRoute to one model's servers: by host, path, header and weight.

    A change of weights changes only this route: no server restarts when a canary is promoted.

    Example:
        >>> route = ModelRoute("bert", {
        ...     "namespace": "ml-prod",
        ...     "gateway": {"name": "inference", "namespace": "gateway", "listener": "https", "policies": "gke"},
        ...     "hosts": ["api.ml.example.com"],
        ...     "path": "/bert",
        ...     "backends": {"main": {"service": "bert", "weight": 90}, "v2": {"service": "bert-v2", "weight": 10}},
        ... })

    Attributes:
        route: The HTTPRoute.
        policies: The policies that the platform's load balancer reads, for each Service.
        url: Its URL.
    """

    SECTION: ClassVar[Section | None] = Section("models.{name}.route")
    CHILDREN: ClassVar[tuple[str, ...]] = ("route", "health", "limits")

    def __init__(
        self, name: str, args: ModelRouteArgs | ModelRouteArgsDict, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        checked = ModelRouteArgs.parse(f'ModelRoute "{name}"', args)
        super().__init__(name, checked, opts)
        self.route = self.make(
            k8s.apiextensions.CustomResource,
            "route",
            {
                "apiVersion": GATEWAY_API,
                "kind": "HTTPRoute",
                "metadata": {"name": name, "namespace": checked.namespace},
                "spec": http_route_spec(checked, checked.backends, checked.gateway),
            },
        )
        self.policies = [
            self._policy(checked, policy)
            for policy in backend_policies(checked, checked.backends, checked.gateway.policies)
        ]
        scheme = "https" if checked.gateway.listener == "https" else "http"
        self.url = f"{scheme}://{checked.hosts[0]}{checked.path}"
        self.register_outputs({"url": self.url})

    def _policy(self, args: ModelRouteArgs, policy: BackendPolicy) -> k8s.apiextensions.CustomResource:
        return self.make(
            k8s.apiextensions.CustomResource,
            policy.child,
            {
                "apiVersion": policy.api_version,
                "kind": policy.kind,
                "metadata": {"name": policy.service, "namespace": args.namespace},
                "spec": policy.spec,
            },
            suffix=f"{policy.child}-{policy.variant}",
        )
