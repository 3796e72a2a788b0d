"""The paths of the driver on the nodes."""

from collections.abc import Iterable, Sequence
from enum import Enum

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.devices.nvidia_device_plugin.fields.config import DevicePluginConfig

DRIVER_ROOT = "/"
MPS_ROOT = "/run/nvidia/mps"

_NO_CDI = "must be left out without a CDI strategy, fix: cdi-cri in the device_list_strategy of a config"


class CdiFeatureFlag(str, Enum):
    """A feature flag of the CDI specs.

    Source: https://github.com/NVIDIA/nvidia-container-toolkit/blob/main/pkg/nvcdi/api.go
    """

    ENABLE_EXPLICIT_DRIVER_LIBRARIES = "enable-explicit-driver-libraries"
    DISABLE_NVSANDBOXUTILS = "disable-nvsandboxutils"
    ENABLE_COHERENT_ANNOTATIONS = "enable-coherent-annotations"
    NO_ADDITIONAL_GIDS_FOR_DEVICE_NODES = "no-additional-gids-for-device-nodes"
    DISABLE_IPC_DISCOVERER = "disable-ipc-discoverer"


class HostPaths(Args):
    """Folders and files of the nodes. The defaults are right for EKS's AMIs."""

    driver_root: str = DRIVER_ROOT
    """Folder that the driver is installed under, such as `/run/nvidia/driver` where a container brings it, or
    `/home/kubernetes/bin/nvidia` on GKE. By default the node's own root."""

    dev_root: str | None = None
    """Folder whose `dev` has the device nodes that containers get. By default the driver's; `/` where that has none,
    as on GKE."""

    cdi_hook_path: str | None = None
    """The program that the CDI specs name for their hooks. By default `/usr/bin/nvidia-ctk`."""

    mps_root: str = MPS_ROOT
    """Folder to make for the pipes and the shared memory of MPS."""

    def own_problems(self) -> Iterable[Problem]:
        """Check that the paths are absolute."""
        for name in type(self).model_fields:
            path: str | None = getattr(self, name)
            if path is not None and not path.startswith("/"):
                yield Problem(name, f"must be an absolute path, got {path!r}")

    def config_problems(self, configs: Sequence[DevicePluginConfig]) -> Iterable[Problem]:
        """Yield the paths that no config uses."""
        if self.dev_root is not None and not any(one.uses_cdi or one.pass_device_specs for one in configs):
            yield Problem(
                "dev_root",
                "must be left out where containers get no device nodes from the plugin, fix: pass_device_specs, or "
                "cdi-cri in the device_list_strategy, of a config",
            )
        if self.cdi_hook_path is not None and not any(one.uses_cdi for one in configs):
            yield Problem("cdi_hook_path", _NO_CDI)
        if self.mps_root != MPS_ROOT and not any(one.mps for one in configs):
            yield Problem("mps_root", "must be left out without MPS, fix: mps in a config")


def flag_problems(flags: Sequence[CdiFeatureFlag], configs: Sequence[DevicePluginConfig]) -> Iterable[Problem]:
    """Check that flags of CDI specs are given with CDI only."""
    if flags and not any(one.uses_cdi for one in configs):
        yield Problem("cdi_feature_flags", _NO_CDI)
