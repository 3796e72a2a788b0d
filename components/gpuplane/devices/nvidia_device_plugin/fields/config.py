"""A named config of NVIDIA's device plugin: how it advertises the GPUs of the nodes that choose it."""

from collections.abc import Iterable
from enum import Enum

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.hardware import MigStrategy

# Of one MPS server; some accelerators have fewer. Source: https://docs.nvidia.com/deploy/mps/index.html
MAX_MPS_CLIENTS = 48


class DeviceListStrategy(str, Enum):
    """How the container runtime learns a container's GPUs."""

    ENVVAR = "envvar"
    VOLUME_MOUNTS = "volume-mounts"
    CDI_ANNOTATIONS = "cdi-annotations"
    CDI_CRI = "cdi-cri"


class DeviceIdStrategy(str, Enum):
    """The identifier of a GPU."""

    UUID = "uuid"
    INDEX = "index"


class AllocationPolicy(str, Enum):
    """The GPU that the next share is of: the least used one, or the most used one with a share left."""

    DISTRIBUTED = "distributed"
    PACKED = "packed"


class Shares(Args):
    """GPUs that several containers share."""

    replicas: int
    """Containers that share a GPU."""

    rename_by_default: bool = False
    """Show them as `nvidia.com/gpu.shared`, so that no pod gets a share unawares. By default they keep the name."""

    fail_requests_greater_than_one: bool = True
    """Refuse containers that ask for several shares, which would give them no more of a GPU than one does."""


class TimeSlicing(Shares):
    """GPUs, or MIG partitions, shared by time. Containers see the whole memory and can take each other down."""

    def own_problems(self) -> Iterable[Problem]:
        """Check that at least two containers share a GPU."""
        if self.replicas < 2:
            yield Problem("replicas", f"must be at least 2, got {self.replicas}, fix: leave time_slicing out")


class Mps(Shares):
    """GPUs shared by NVIDIA's multi-process service, an equal part of memory and compute for each. Experimental."""

    def own_problems(self) -> Iterable[Problem]:
        """Check the number of clients against the limit of an MPS server."""
        if not 2 <= self.replicas <= MAX_MPS_CLIENTS:
            yield Problem("replicas", f"must be from 2 to {MAX_MPS_CLIENTS}, got {self.replicas}")


class DevicePluginConfig(Args):
    """How the plugin advertises GPUs. By default every GPU is whole, for one container.

    Source: https://github.com/NVIDIA/k8s-device-plugin/blob/main/README.md#as-a-configuration-file
    """

    mig_strategy: MigStrategy = MigStrategy.NONE
    """How MIG partitions are shown: `single` as `nvidia.com/gpu`, `mixed` each by its size, such as
    `nvidia.com/mig-1g.5gb`. By default they are not. The partitions themselves are made by the node pool."""

    time_slicing: TimeSlicing | None = None
    """Share GPUs by time. By default they are not shared."""

    mps: Mps | None = None
    """Share GPUs by MPS. By default they are not shared."""

    shared_devices_allocation_policy: AllocationPolicy = AllocationPolicy.DISTRIBUTED
    """Which GPU the next share or partition is of. By default of one of the least used."""

    device_list_strategy: list[DeviceListStrategy] = [DeviceListStrategy.ENVVAR]
    """How the container runtime learns a container's GPUs. By default as an environment variable; the CDI ones need a
    containerd with CDI."""

    device_id_strategy: DeviceIdStrategy = DeviceIdStrategy.UUID
    """The identifier of a GPU. By default its UUID, which outlives a restart of the node."""

    pass_device_specs: bool = False
    """Hand out device nodes as well, for nodes with a static CPU manager; the plugin is then privileged. CDI does
    without."""

    gdrcopy_enabled: bool = False
    """Hand out the GDRCopy device with every GPU."""

    gds_enabled: bool = False
    """Hand out the GPUDirect Storage devices with every GPU."""

    mofed_enabled: bool = False
    """Hand out the InfiniBand devices with every GPU; on nodes with EFA they are its own plugin's to hand out."""

    imex_channel: bool = False
    """Give every GPU pod IMEX channel 0, for memory shared between the nodes of one NVLink domain."""

    @property
    def shared(self) -> Shares | None:
        """The sharing of GPUs, None without."""
        return self.time_slicing or self.mps

    @property
    def uses_cdi(self) -> bool:
        """Whether the plugin has to write CDI specs."""
        return any(map(_is_cdi, self.device_list_strategy))

    @property
    def reads_driver_root(self) -> bool:
        """Whether the plugin has to see the driver's folder: what CDI specs name, or the device of an IMEX channel."""
        return self.uses_cdi or self.imex_channel

    @property
    def needs_sys_admin(self) -> bool:
        """Whether the plugin needs more than the device socket: to watch partitions, or to bind what it mounts."""
        return (
            self.mig_strategy is not MigStrategy.NONE or DeviceListStrategy.VOLUME_MOUNTS in self.device_list_strategy
        )

    def own_problems(self) -> Iterable[Problem]:
        """Yield what the plugin refuses when it starts, or ignores."""
        if self.time_slicing and self.mps:
            yield Problem("mps", "must not be given beside time_slicing, fix: leave one of them out")
        if self.mps and self.mig_strategy is not MigStrategy.NONE:
            yield Problem(
                "mps",
                f"must share whole GPUs, got mig_strategy {self.mig_strategy.value!r}, allowed: 'none', "
                "fix: time_slicing instead",
            )
        is_divided = self.shared or self.mig_strategy is not MigStrategy.NONE
        if self.shared_devices_allocation_policy is AllocationPolicy.PACKED and not is_divided:
            yield Problem(
                "shared_devices_allocation_policy",
                "must be left out where GPUs are whole, got 'packed', fix: time_slicing, mps or a mig_strategy",
            )
        if not self.device_list_strategy:
            yield Problem("device_list_strategy", "must have at least one, got none")
        elif self.pass_device_specs and all(map(_is_cdi, self.device_list_strategy)):
            given = ", ".join(one.value for one in self.device_list_strategy)
            yield Problem(
                "pass_device_specs",
                f"must be left out with CDI alone, which hands out device nodes itself, got device_list_strategy "
                f"{given}, fix: envvar beside it",
            )


def _is_cdi(strategy: DeviceListStrategy) -> bool:
    return strategy.value.startswith("cdi-")
