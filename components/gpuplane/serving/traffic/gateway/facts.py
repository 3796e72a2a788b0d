"""Facts of a gateway that routes need."""

from gpuplane.arguments.base import Args
from gpuplane.arguments.inputs import Input


class GatewayFacts(Args):
    """A gateway, as a route refers to it."""

    name: str
    """Name of the Gateway."""

    namespace: Input[str]
    """Its namespace."""

    listener: str
    """The listener that accepts routes: `https`, or `http` for an internal gateway without TLS."""

    policies: str
    """The policy resources it reads beside routes: `gke`, `aws`, or `portable` for none."""
