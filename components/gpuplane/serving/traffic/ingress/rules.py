"""Rules of a model's Ingress."""

import re
from collections.abc import Iterator

from gpuplane.arguments.errors import Problem
from gpuplane.serving.traffic.ingress.fields import NGINX, IngressFields
from gpuplane.serving.traffic.route.fields import RouteFields

_SIZE = re.compile(r"0|[1-9][0-9]*[kmg]?", re.IGNORECASE)


def ingress_problems(ingress: IngressFields) -> Iterator[Problem]:
    """Require TLS, and a size that nginx can read."""
    if ingress.issuer is None and ingress.tls_secret is None:
        yield Problem(
            "",
            "must have TLS, got no certificate: a server on the internet without TLS is refused, "
            "fix: issuer: letsencrypt-prod, or tls_secret: the name of a TLS Secret",
        )
    if ingress.body_limit is not None and not _SIZE.fullmatch(ingress.body_limit):
        yield Problem("body_limit", f"must be a size, got {ingress.body_limit!r}, such as 50m")
    if ingress.body_limit is not None and ingress.class_name != NGINX:
        yield Problem(
            "body_limit", f"must be left out on class {ingress.class_name!r}: no annotation says it everywhere"
        )


def class_problems(ingress: IngressFields, route: RouteFields, variants: int) -> Iterator[Problem]:
    """Refuse what the Ingress's class cannot do for a route.

    Args:
        ingress: The Ingress.
        route: Its route.
        variants: The number of its backends.
    """
    if ingress.class_name == NGINX:
        return
    if route.rewrite is not None:
        yield Problem("rewrite", f"must be left out on class {ingress.class_name!r}: only nginx rewrites paths")
    if variants > 1:
        yield Problem("backends", f"must be one on class {ingress.class_name!r}: only nginx has canaries")
