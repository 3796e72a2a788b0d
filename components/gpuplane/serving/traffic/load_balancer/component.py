"""The `ModelLoadBalancer` component."""

from typing import ClassVar

import pulumi
import pulumi_kubernetes as k8s

from gpuplane.component.base import Component
from gpuplane.component.section import Section
from gpuplane.serving.traffic.load_balancer.args import ModelLoadBalancerArgs
from gpuplane.serving.traffic.load_balancer.args_dict import ModelLoadBalancerArgsDict
from gpuplane.serving.traffic.load_balancer.inputs import annotations, load_balancer_spec


class ModelLoadBalancer(Component):
    """A Service of type LoadBalancer in front of one server. It costs one load balancer of the platform.

    Example:
        >>> balancer = ModelLoadBalancer("bert", {
        ...     "platform": "gke", "namespace": "ml-prod", "selector": {"app.kubernetes.io/name": "bert"},
        ... })

    Attributes:
        service: The Service.
        url: Its URL, known once the platform has assigned an address.
    """

    SECTION: ClassVar[Section | None] = Section("models.{name}.route.loadBalancer")
    CHILDREN: ClassVar[tuple[str, ...]] = ("load-balancer",)

    def __init__(
        self,
        name: str,
        args: ModelLoadBalancerArgs | ModelLoadBalancerArgsDict,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        checked = ModelLoadBalancerArgs.parse(f'ModelLoadBalancer "{name}"', args)
        super().__init__(name, checked, opts)
        metadata = {
            "name": f"{name}-load-balancer",
            "namespace": checked.namespace,
            "annotations": annotations(checked),
        }
        self.service = self.make(
            k8s.core.v1.Service, "load-balancer", {"metadata": metadata, "spec": load_balancer_spec(checked)}
        )
        scheme = "http" if checked.certificate_arn is None else "https"
        self.url: pulumi.Output[str] = pulumi.Output.format("{0}://{1}", scheme, self.service.status.apply(_address))
        self.register_outputs({"url": self.url})


def _address(status: k8s.core.v1.outputs.ServiceStatus | None) -> str:
    """Return the first address of a load balancer, an IP on GKE and a host name on EKS; empty without one."""
    given = status.load_balancer.ingress if status and status.load_balancer else None
    return (given[0].ip or given[0].hostname or "") if given else ""
