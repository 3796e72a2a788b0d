"""The arguments of the driver installer."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.component.base import ComponentArgs
from gpuplane.devices.node_critical.rules import own_namespace_problems


class GkeDriverInstallerArgs(ComponentArgs):
    """Arguments of `GkeDriverInstaller`."""

    namespace: str = "gke-driver-installer"
    """Namespace to create for it; privileged, since a driver is loaded into the host's kernel."""

    image: str = "cos-nvidia-installer:fixed"
    """The installer's image. By default the one that Container-Optimized OS has on the node, which installs the
    default driver of its version."""

    def own_problems(self) -> Iterable[Problem]:
        """Check the namespace."""
        return own_namespace_problems(self.namespace)
