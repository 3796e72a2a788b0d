"""The arguments of a model's Ingress, and of the canary Ingress beside it.

ingress-nginx has had no release since March 2026: use it where it is installed already, not in new clusters. Source:
https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/
"""

from gpuplane.arguments.base import Args

NGINX = "nginx"


class IngressFields(Args):
    """Settings of an Ingress beside those of its route."""

    class_name: str = NGINX
    """Its IngressClass. Only ingress-nginx supports `body_limit`, a route's `timeout_seconds` and `rewrite`, and
    canaries: no other class reads its annotations."""

    issuer: str | None = None
    """The cert-manager ClusterIssuer of its certificate, such as `letsencrypt-prod`."""

    tls_secret: str | None = None
    """The TLS Secret. Default, with an issuer: the route's name plus `-tls`."""

    body_limit: str | None = None
    """The largest request body, such as `50m`; `0` for no limit. Default on nginx: `50m`, since images and audio
    exceed its own `1m`."""

    annotations: dict[str, str] = {}
    """Further annotations, as its class reads them."""
