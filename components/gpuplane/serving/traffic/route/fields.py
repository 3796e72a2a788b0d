"""The arguments of a model's route, however it is exposed."""

from gpuplane.arguments.base import Args
from gpuplane.arguments.inputs import Input
from gpuplane.serving.variants.args import TrafficSplit


class RouteFields(Args):
    """Host names, path and timeout of a model, however it is exposed."""

    hosts: list[str]
    """Host names of the model, such as `api.ml.example.com`; a leading `*.` matches one label."""

    path: str = "/"
    """Path prefix of the model's requests; the longest prefix of a host wins. Default: all paths."""

    rewrite: str | None = None
    """Prefix that replaces `path` in what the server receives. Default: the path is unchanged."""

    timeout_seconds: int = 120
    """Longest duration of a request, response included. Long generations need more than the default."""


class Backend(TrafficSplit):
    """A server behind a route, with its part of the traffic."""

    service: Input[str]
    """Name of its Service; it is reached on port 80."""

    health_path: str = "/health/ready"
    """Path of the load balancer's health checks."""

    port: int = 8000
    """Port of the pods."""

    grace_seconds: int = 60
    """How long requests may finish at a terminating pod."""
