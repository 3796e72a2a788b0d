"""Gateway classes that gpuplane knows: whom they open a server to, and whose objects beside the route they read.

Sources: https://cloud.google.com/kubernetes-engine/docs/how-to/deploying-gateways#gatewayclasses-in-gke,
https://cloud.google.com/load-balancing/docs/firewall-rules and
https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/gateway/gateway/
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

PORTABLE = "portable"

_DEFAULTS = {
    ("gke", False): "gke-l7-global-external-managed",
    ("gke", True): "gke-l7-rilb",
    ("eks", False): "aws-alb",
    ("eks", True): "aws-alb",
}


@dataclass(frozen=True)
class GatewayClass:
    """One class.

    Attributes:
        name: As the cluster calls it.
        reach: `world` or `private` where the class decides it, empty where the Gateway does.
        policies: `gke`, `aws`, or `portable` for what Gateway API itself says alone.
        callers: Where its requests come from, as pods see them; empty for Google's front ends and for pods.
    """

    name: str
    reach: str
    policies: str
    callers: str = ""


def default_class(platform: str | None, internal: bool) -> str | None:
    """The class a platform's own controller answers to; None where the cluster is no platform's.

    Example:
        >>> default_class("gke", internal=False)
        'gke-l7-global-external-managed'
    """
    return _DEFAULTS.get((str(platform), internal))


def gateway_class(name: str) -> GatewayClass:
    """What is known of a class; one that nobody knows gets no more than Gateway API itself promises."""
    return _known().get(name, GatewayClass(name, "", PORTABLE))


@cache
def _known() -> dict[str, GatewayClass]:
    text = files("gpuplane.serving.traffic").joinpath("data/gateway_classes.csv").read_text()
    rows = csv.DictReader(text.splitlines())
    return {row["class"]: GatewayClass(row["class"], row["reach"], row["policies"], row["callers"]) for row in rows}
