"""Facts about the platforms that clusters run on: one table each for GKE, EKS and a cluster of a kubeconfig."""

from gpuplane.platforms.facts import (
    CredentialPlugin,
    Endpoint,
    GatewayClass,
    LoadBalancer,
    PlatformFacts,
    Provisioner,
    StorageClass,
)
from gpuplane.platforms.gateways import PORTABLE, default_gateway_class, gateway_class
from gpuplane.platforms.platform import Platform
from gpuplane.platforms.tables import accelerator_labels, all_facts, facts

__all__ = [
    "PORTABLE",
    "CredentialPlugin",
    "Endpoint",
    "GatewayClass",
    "LoadBalancer",
    "Platform",
    "PlatformFacts",
    "Provisioner",
    "StorageClass",
    "accelerator_labels",
    "all_facts",
    "default_gateway_class",
    "facts",
    "gateway_class",
]
