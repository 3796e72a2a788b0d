"""The Helm release of Node Feature Discovery, which labels nodes with what GPU feature discovery finds."""

from typing import Any

from gpuplane.nodepools.facts import TOLERATE_ALL

# Source: https://github.com/NVIDIA/k8s-device-plugin/blob/v0.20.0/deployments/helm/nvidia-device-plugin/Chart.yaml
NFD_CHART = "oci://registry.k8s.io/nfd/charts/node-feature-discovery"
NFD_VERSION = "0.19.0"


def nfd_inputs(namespace: str) -> dict[str, Any]:
    """Return the release of Node Feature Discovery; its worker tolerates any value of the GPU taint."""
    return {
        "chart": NFD_CHART,
        "version": NFD_VERSION,
        "namespace": namespace,
        "values": {
            "master": {"config": {"extraLabelNs": ["nvidia.com"]}},
            "worker": {
                "tolerations": [TOLERATE_ALL],
                "config": {"sources": {"pci": {"deviceClassWhitelist": ["02", "03"], "deviceLabelFields": ["vendor"]}}},
            },
        },
    }
