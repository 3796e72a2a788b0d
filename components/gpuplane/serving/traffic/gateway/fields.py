"""The arguments of a gateway that models share."""

from gpuplane.component.base import ComponentArgs

CERTIFICATES = ("issuer", "certificate_secret", "certificate_map", "certificate_arn")
"""The arguments that each name a certificate."""


class GatewayFields(ComponentArgs):
    """Settings of a Gateway that models share."""

    namespace: str = "inference-gateway"
    """Namespace to create for the gateway and its certificate, apart from the tenants'."""

    class_name: str | None = None
    """Its GatewayClass, which the cluster must have. Default: the platform's own, on GKE a global external
    Application Load Balancer or an internal one, on EKS `aws-alb` of the AWS Load Balancer Controller. A load
    balancer is billed by the hour and by traffic."""

    internal: bool = False
    """Whether it is reachable from the cluster's network only. Default: from the internet, with TLS."""

    issuer: str | None = None
    """The cert-manager ClusterIssuer of its certificate, such as `letsencrypt-prod`."""

    certificate_secret: str | None = None
    """Instead, a TLS Secret in `namespace` that is managed elsewhere."""

    certificate_map: str | None = None
    """Instead, on GKE, the name of a Certificate Manager map."""

    certificate_arn: str | None = None
    """Instead, on EKS, the ARN of an ACM certificate: an Application Load Balancer reads no Secret."""

    @property
    def tls(self) -> str | None:
        """The argument that names the certificate, None without one."""
        return next((name for name in CERTIFICATES if getattr(self, name) is not None), None)
