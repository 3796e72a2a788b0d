"""GPU feature discovery, whose findings Node Feature Discovery turns into labels of the node."""

from collections.abc import Iterable

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem


class FeatureDiscovery(Args):
    """Labels of nodes for what their GPUs are and how they are shared, such as `nvidia.com/gpu.product`."""

    interval_seconds: int = 60
    """Interval between two looks at the GPUs."""

    timestamp: bool = True
    """Label nodes with when it started as well, by `nvidia.com/gfd.timestamp`, which changes with each restart."""

    node_feature_discovery: bool = True
    """Install Node Feature Discovery, which labels the nodes. Without, the cluster has to have it, with a worker that
    tolerates the taints of GPU nodes and a master that allows labels of `nvidia.com`."""

    def own_problems(self) -> Iterable[Problem]:
        """Check the interval."""
        if self.interval_seconds < 1:
            yield Problem("interval_seconds", f"must be at least 1, got {self.interval_seconds}")

    @property
    def env(self) -> dict[str, str]:
        """Its environment. It writes a file for Node Feature Discovery instead of calling the API server.

        Source: https://github.com/NVIDIA/k8s-device-plugin/blob/v0.20.0/cmd/gpu-feature-discovery/main.go
        """
        return {
            "USE_NODE_FEATURE_API": "false",
            "GFD_SLEEP_INTERVAL": f"{self.interval_seconds}s",
            "GFD_NO_TIMESTAMP": "false" if self.timestamp else "true",
        }
