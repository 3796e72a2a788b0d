"""What a stack says of machine types and accelerators that gpuplane's catalogue does not have."""

from collections.abc import Iterable
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Annotated, TypeVar

from pydantic import WithJsonSchema

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.hardware import Accelerator, Machine, UnknownAcceleratorError, accelerator, register
from gpuplane.platforms import Platform

Thing = TypeVar("Thing", Machine, Accelerator)


class Architecture(str, Enum):
    """Instruction set of a machine, as in the node label `kubernetes.io/arch`."""

    AMD64 = "amd64"
    ARM64 = "arm64"


class AcceleratorConfig(Args):
    """A kind of NVIDIA GPU that the catalogue does not have."""

    memory_mib: int
    """Memory of one in MiB."""

    mig_profiles: dict[str, int] = {}
    """MIG profile to the number of partitions it cuts a GPU into. By default none: it cannot be cut."""

    product: str = ""
    """The node label `nvidia.com/gpu.product` that GPU feature discovery gives. By default unknown."""

    def facts(self, name: str) -> Accelerator:
        """The accelerator as the catalogue has them."""
        return Accelerator(name, "nvidia", self.memory_mib, self.mig_profiles, product=self.product)


class MachineConfig(Args):
    """A machine type that the catalogue does not have, such as a custom one or one that is new."""

    platform: Annotated[Platform, WithJsonSchema({"type": "string", "enum": ["gke", "eks"]})]
    """`gke` or `eks`."""

    vcpus: int
    """Virtual CPUs."""

    memory_gib: Decimal
    """Memory in GiB."""

    architecture: Architecture = Architecture.AMD64
    """`amd64` or `arm64`."""

    accelerator: str | None = None
    """The kind of GPU it has built in, of the catalogue or of `accelerators`. By default none."""

    gpus: int = 1
    """How many it has, where it has any."""

    max_pods: int = 110
    """Most pods of a node. By default the kubelet's."""

    boot_disks: list[str] = []
    """Types of boot disk that it takes, on GKE; the first is a pool's default. By default `pd-balanced`."""

    def own_problems(self) -> Iterable[Problem]:
        """Check that the platform is a cloud and every amount is positive."""
        if self.platform is Platform.KUBECONFIG:
            yield Problem("platform", "must be a cloud, got 'kubeconfig', allowed: gke, eks")
        for key in ("vcpus", "memory_gib", "gpus", "max_pods"):
            if getattr(self, key) <= 0:
                yield Problem(key, f"must be more than 0, got {getattr(self, key)}")

    def facts(self, name: str) -> Machine:
        """The machine as the catalogue has them; its accelerator must be known.

        Raises:
            UnknownAcceleratorError: The accelerator is not.
        """
        found = accelerator(self.accelerator) if self.accelerator else None
        return Machine(
            platform=self.platform,
            name=name,
            vcpus=self.vcpus,
            memory_gib=self.memory_gib,
            architecture=self.architecture.value,
            accelerator=self.accelerator,
            gpus=Fraction(self.gpus) if found else Fraction(0),
            gpu_memory_mib=found.memory_mib if found else 0,
            vendor=found.vendor if found else "",
            max_pods=self.max_pods,
            boot_disks=tuple(self.boot_disks),
        )


def add(accelerators: dict[str, AcceleratorConfig], machines: dict[str, MachineConfig]) -> Iterable[Problem]:
    """Puts a stack's own hardware into the catalogue, over what another stack in this process put there.

    Returns:
        What stands against it, by path; the rest is added.
    """
    for name, gpu in accelerators.items():
        yield from _added(f"accelerators.{name}", gpu.facts(name))
    for name, config in machines.items():
        wrong = [Problem(f"machines.{name}.{problem.path}", problem.message) for problem in config.problems()]
        yield from wrong
        if not wrong:
            try:
                yield from _added(f"machines.{name}", config.facts(name))
            except UnknownAcceleratorError as error:
                yield Problem(f"machines.{name}.accelerator", str(error))


def _added(path: str, thing: Thing) -> Iterable[Problem]:
    try:
        register(thing, anew=True)
    except ValueError as error:
        yield Problem(path, str(error))
