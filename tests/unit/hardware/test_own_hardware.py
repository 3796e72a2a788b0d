"""The rules of the catalogue's rows, for the built-in ones and for those that are added."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from gpuplane.hardware import BUILT_IN, Accelerator, Machine, UnknownMachineError
from gpuplane.hardware.rules import accelerator_problems, machine_problems
from gpuplane.platforms import Platform

B900 = Accelerator("nvidia-b900", "nvidia", 294912, {"1g.36gb": 7})
A5 = Machine(
    Platform.GKE, "a5-highgpu-8g", 256, Decimal(4096), gpu=B900, gpus=Fraction(8), gpu_memory_mib=B900.memory_mib
)


@pytest.mark.parametrize("known", BUILT_IN.accelerators(), ids=lambda known: known.name)
def test_every_built_in_accelerator_keeps_the_rules(known: Accelerator) -> None:
    assert list(accelerator_problems(known)) == []


@pytest.mark.parametrize("platform", Platform)
def test_every_built_in_machine_keeps_the_rules(platform: Platform) -> None:
    broken = {known.name: list(machine_problems(known)) for known in BUILT_IN.machines(platform)}
    assert {name: problems for name, problems in broken.items() if problems} == {}


@pytest.mark.parametrize("platform", Platform)
def test_every_built_in_name_is_there_once(platform: Platform) -> None:
    names = [known.name for known in BUILT_IN.machines(platform)]
    assert len(names) == len(set(names))


def test_an_extended_catalogue_has_more_and_the_built_in_one_stays() -> None:
    mine = BUILT_IN.extended(accelerators=[B900], machines=[A5])
    assert mine.machine(Platform.GKE, "a5-highgpu-8g") == A5
    assert A5 in mine.machines(Platform.GKE)
    assert mine.accelerator("nvidia-b900") == B900
    with pytest.raises(UnknownMachineError):
        BUILT_IN.machine(Platform.GKE, "a5-highgpu-8g")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"memory_mib": -5}, "memory_mib: must be more than 0, got -5, fix: the memory of one GPU in MiB"),
        ({"vendor": "acme"}, "vendor: unknown vendor, got 'acme', allowed: nvidia, amd"),
        ({"mig_profiles": {"half": 2}}, "mig_profiles.half: must be named like '1g.5gb', got 'half'"),
        ({"mig_profiles": {"1g.36gb": 0}}, "mig_profiles.1g.36gb: must be at least 1 partition of a GPU, got 0"),
        ({"mig_profiles": {"1g.36gb": 9}}, "mig_profiles.1g.36gb: must fit into 294912 MiB, got 331776 MiB in all"),
        ({"max_shared_clients": 0}, "max_shared_clients: must be at least 1, got 0"),
        ({"max_mps_clients": -1}, "max_mps_clients: must be at least 0, got -1"),
        ({"name": "nvidia-l4"}, "'nvidia-l4' is in the catalogue already, fix: use that one, or another name"),
    ],
)
def test_an_impossible_accelerator_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{changes.get('name', 'nvidia-b900')}: {problem}"):
        BUILT_IN.extended(accelerators=[replace(B900, **changes)])


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"vcpus": 0}, "vcpus: must be more than 0, got 0"),
        ({"memory_gib": Decimal(-1)}, "memory_gib: must be more than 0, got -1"),
        ({"memory_gib": Decimal("0.1")}, "memory_gib: must leave some memory to pods, got 0.1"),
        ({"max_pods": 0}, "max_pods: must be more than 0, got 0"),
        ({"gpus": Fraction(0)}, "gpus: must be more than 0, got 0"),
        ({"gpu_memory_mib": 0}, "gpu_memory_mib: must be more than 0, got 0"),
        ({"architecture": "riscv"}, "architecture: unknown architecture, got 'riscv', allowed: amd64, arm64"),
        ({"gpu": replace(B900, name="nvidia-x9")}, "accelerator: unknown accelerator, got 'nvidia-x9'"),
        ({"platform": Platform.EKS, "boot_disks": ("pd-ssd",)}, "boot_disks: only on gke, got platform eks"),
        ({"name": "g2-standard-8"}, "'g2-standard-8' is in the catalogue already"),
    ],
)
def test_an_impossible_machine_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{changes.get('name', 'a5-highgpu-8g')}: {problem}"):
        BUILT_IN.extended(accelerators=[B900], machines=[replace(A5, **changes)])


def test_the_same_name_cannot_be_added_twice() -> None:
    with pytest.raises(ValueError, match="'a5-highgpu-8g' is in the catalogue already"):
        BUILT_IN.extended(accelerators=[B900], machines=[A5, A5])
