"""Rules of a shared gateway: its class, its reach and its certificate."""

from collections.abc import Iterator

from gpuplane.arguments.errors import Problem
from gpuplane.platforms import Platform, default_gateway_class, gateway_class
from gpuplane.serving.traffic.gateway.fields import CERTIFICATES, GatewayFields

_EXAMPLES = {"issuer": "letsencrypt-prod", "certificate_arn": "arn:aws:acm:..."}
_ACCEPTED = {
    "gke": ("issuer", "certificate_secret", "certificate_map"),
    "aws": ("certificate_arn",),
    "portable": ("issuer", "certificate_secret"),
}


def class_of(gateway: GatewayFields, platform: Platform) -> str | None:
    """Return the class of a gateway: its own or the platform's default, None without either."""
    return gateway.class_name or default_gateway_class(platform, gateway.internal)


def certificate_problems(gateway: GatewayFields) -> Iterator[Problem]:
    """Require at most one certificate."""
    given = [name for name in CERTIFICATES if getattr(gateway, name) is not None]
    if len(given) > 1:
        yield Problem("", f"must have one certificate, got {', '.join(given)}")


def platform_problems(gateway: GatewayFields, platform: Platform) -> Iterator[Problem]:
    """Require what the gateway's class supports, and TLS on the internet.

    Args:
        gateway: The gateway.
        platform: The platform of its cluster.
    """
    name = class_of(gateway, platform)
    if name is None:
        yield Problem("class_name", "required where no platform has a gateway of its own, such as class_name: eg")
        return
    known = gateway_class(name)
    allowed = _ACCEPTED[known.policies]
    if known.reach == "world" and gateway.internal:
        yield Problem("internal", f"must be false with class {name!r}, which is external, got true")
    if known.reach == "private" and not gateway.internal:
        yield Problem("internal", f"must be true with class {name!r}, which is internal, got false")
    if gateway.tls is not None and gateway.tls not in allowed:
        yield Problem(gateway.tls, f"not supported by class {name!r}, allowed: {', '.join(allowed)}")
    if gateway.tls is None and not gateway.internal:
        yield Problem(
            "",
            "must have TLS, got no certificate: a server on the internet without TLS is refused, "
            f"allowed: {', '.join(allowed)}, fix: {allowed[0]}: {_EXAMPLES[allowed[0]]}, or internal: true",
        )
