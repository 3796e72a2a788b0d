"""Machine types and accelerators that a stack adds to gpuplane's catalogue."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Annotated, Any, TypeVar, cast

import pydantic
from pydantic import WithJsonSchema

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import Problem
from gpuplane.hardware import BUILT_IN, Accelerator, Catalogue, Machine, UnknownAcceleratorError
from gpuplane.platforms import Platform

A = TypeVar("A", bound=Args)


class Architecture(str, Enum):
    """Instruction set of a machine, as in the node label `kubernetes.io/arch`."""

    AMD64 = "amd64"
    ARM64 = "arm64"


class AcceleratorConfig(Args):
    """A kind of NVIDIA GPU that is not in the catalogue."""

    memory_mib: int
    """Memory of one GPU in MiB."""

    mig_profiles: dict[str, int] = {}
    """The number of partitions of a GPU by MIG profile. Default: none, the GPU has no MIG."""

    product: str = ""
    """The node label `nvidia.com/gpu.product` that GPU feature discovery sets. Default: unknown."""

    def to_accelerator(self, name: str) -> Accelerator:
        """Return the row of the catalogue."""
        return Accelerator(name, "nvidia", self.memory_mib, self.mig_profiles, product=self.product)


class MachineConfig(Args):
    """A machine type that is not in the catalogue, such as a custom or a new one."""

    platform: Annotated[Platform, WithJsonSchema({"type": "string", "enum": ["gke", "eks"]})]
    """`gke` or `eks`."""

    vcpus: int
    """Virtual CPUs."""

    memory_gib: Decimal
    """Memory in GiB."""

    architecture: Architecture = Architecture.AMD64
    """`amd64` or `arm64`."""

    accelerator: str | None = None
    """Its built-in kind of GPU, of the catalogue or of `accelerators`. Default: none."""

    gpus: int = 1
    """Its number of GPUs, with `accelerator`."""

    max_pods: int = 110
    """Most pods of a node. Default: the kubelet's, 110."""

    boot_disks: list[str] = []
    """Types of boot disk that it supports on GKE; the first is the default of its pools. Default: `pd-balanced`."""

    def to_machine(self, name: str, catalogue: Catalogue) -> Machine:
        """Return the row of the catalogue.

        Raises:
            UnknownAcceleratorError: The catalogue does not have its accelerator.
        """
        gpu = catalogue.accelerator(self.accelerator) if self.accelerator else None
        return Machine(
            platform=self.platform,
            name=name,
            vcpus=self.vcpus,
            memory_gib=self.memory_gib,
            architecture=self.architecture.value,
            gpu=gpu,
            gpus=Fraction(self.gpus) if gpu else Fraction(0),
            gpu_memory_mib=gpu.memory_mib if gpu else 0,
            max_pods=self.max_pods,
            boot_disks=tuple(self.boot_disks),
        )


def own_hardware(
    accelerators: Mapping[str, AcceleratorConfig], machines: Mapping[str, MachineConfig]
) -> tuple[Catalogue, list[Problem]]:
    """Return the catalogue with a stack's own hardware, and the problems of what was left out of it, by path."""
    catalogue, problems = BUILT_IN, list[Problem]()
    for name, config in accelerators.items():
        accelerator = config.to_accelerator(name)
        if wrong := list(catalogue.accelerator_problems(accelerator)):
            problems += _at(f"accelerators.{name}", wrong)
        else:
            catalogue = catalogue.extended(accelerators=[accelerator])
    for name, config in machines.items():
        try:
            machine = config.to_machine(name, catalogue)
        except UnknownAcceleratorError as error:
            # One that is wrong has its own problem already.
            if config.accelerator not in accelerators:
                problems.append(Problem(f"machines.{name}.accelerator", str(error)))
            continue
        if wrong := list(catalogue.machine_problems(machine)):
            problems += _at(f"machines.{name}", wrong)
        else:
            catalogue = catalogue.extended(machines=[machine])
    return catalogue, problems


def catalogue_of(config: Mapping[str, Any]) -> Catalogue:
    """Return the catalogue of a merged config as its files have it; what is wrong in it is left out.

    Example:
        >>> own = {"machines": {"e2-custom-6-12288": {"platform": "gke", "vcpus": 6, "memoryGib": 12}}}
        >>> catalogue_of(own).machine(Platform.GKE, "e2-custom-6-12288").vcpus
        6
    """
    accelerators = dict(_valid(AcceleratorConfig, config.get("accelerators")))
    return own_hardware(accelerators, dict(_valid(MachineConfig, config.get("machines"))))[0]


def with_catalogue(args: A, catalogue: Catalogue) -> A:
    """Return the arguments with the catalogue in each nested model that looks hardware up."""
    changed: dict[str, Any] = {}
    for name in type(args).model_fields:
        value = getattr(args, name)
        new = catalogue if isinstance(value, Catalogue) else _with_catalogue(value, catalogue)
        if new is not value:
            changed[name] = new
    return args.model_copy(update=changed) if changed else args


def _with_catalogue(value: Any, catalogue: Catalogue) -> Any:
    if isinstance(value, Args):
        return with_catalogue(value, catalogue)
    if isinstance(value, Mapping):
        known = cast(Mapping[str, Any], value)
        new = {key: _with_catalogue(inner, catalogue) for key, inner in known.items()}
        return new if any(new[key] is not inner for key, inner in known.items()) else known
    return value


def _valid(model: type[A], section: Any) -> Iterator[tuple[str, A]]:
    for name, value in cast(dict[str, Any], section).items() if isinstance(section, dict) else ():
        try:
            yield name, model.from_config(value)
        except pydantic.ValidationError:
            continue


def _at(path: str, wrong: Iterable[tuple[str, str]]) -> list[Problem]:
    return [Problem(f"{path}.{field}" if field else path, message) for field, message in wrong]
