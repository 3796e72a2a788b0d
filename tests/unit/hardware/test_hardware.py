"""The hardware catalogue against published numbers."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest

from gpuplane import hardware
from gpuplane.hardware import (
    BUILT_IN,
    Machine,
    MigStrategy,
    PurchaseOption,
    Sharing,
    UnknownAcceleratorError,
    UnknownMachineError,
    advertised,
    advertised_resource,
    allocatable,
    attach,
    device_memory_mib,
)
from gpuplane.platforms import Platform

MIB, GIB = 1024**2, 1024**3
EVERY = [*BUILT_IN.machines(Platform.GKE), *BUILT_IN.machines(Platform.EKS)]


def ids(values: Any) -> list[str]:
    return [str(value[0]) for value in values]


# Source: the table of allocatable resources in Google's documentation of the GKE cluster architecture.
GKE_NODES = [
    ("n1-standard-1", "0.94", 2.7),
    ("n1-standard-2", "1.93", 5.7),
    ("n1-standard-4", "3.92", 12.3),
    ("n1-standard-8", "7.91", 26.6),
    ("n1-standard-16", "15.89", 54.7),
    ("n1-standard-32", "31.85", 111.2),
    ("n1-standard-64", "63.77", 228.4),
    ("n1-standard-96", "95.69", 346.4),
    ("n1-highmem-8", "7.91", 47.2),
    ("n1-highmem-96", "95.69", 605.1),
]

# Source: the allocatable resources in Karpenter's reference of instance types, with its root volume of 20 GiB.
EKS_NODES = [
    ("g4dn.xlarge", "3.92", 14481, 29),
    ("g5.48xlarge", "191.45", 723299, 345),
    ("g6.8xlarge", "31.85", 118312, 234),
    ("g5g.xlarge", "3.92", 6525, 58),
    ("p4d.24xlarge", "95.69", 1082712, 737),
    ("p5.48xlarge", "191.45", 1938410, 100),
]


@pytest.mark.parametrize(("name", "cpu", "memory_gib"), GKE_NODES, ids=ids(GKE_NODES))
def test_a_gke_node_has_left_for_pods_what_is_published(name: str, cpu: str, memory_gib: float) -> None:
    left = allocatable(BUILT_IN.machine(Platform.GKE, name), disk_gib=100)
    assert round(left.cpu, 2) == Decimal(cpu)
    assert float(left.memory_bytes / GIB) == pytest.approx(memory_gib, rel=0.015)


@pytest.mark.parametrize(("name", "cpu", "memory_mib", "pods"), EKS_NODES, ids=ids(EKS_NODES))
def test_an_eks_node_has_left_for_pods_what_is_published(name: str, cpu: str, memory_mib: int, pods: int) -> None:
    left = allocatable(BUILT_IN.machine(Platform.EKS, name), disk_gib=20)
    assert round(left.cpu, 2) == Decimal(cpu)
    assert int(left.memory_bytes / MIB) == pytest.approx(memory_mib, abs=1)
    assert (left.pods, round(left.ephemeral_storage_bytes / GIB)) == (pods, 17)


@pytest.mark.parametrize(("disk_gib", "kept_gib"), [(10, 5), (20, 10), (100, 41), (200, 76), (500, 100), (2000, 100)])
def test_gke_keeps_the_least_of_three_parts_of_a_boot_disk_and_a_tenth(disk_gib: int, kept_gib: int) -> None:
    left = allocatable(BUILT_IN.machine(Platform.GKE, "g2-standard-8"), disk_gib).ephemeral_storage_bytes / GIB
    assert left == disk_gib * Decimal("0.9") - kept_gib


@pytest.mark.parametrize("known", EVERY, ids=lambda known: known.name)
def test_every_machine_leaves_something_for_pods_and_has_a_source(known: Machine) -> None:
    left = allocatable(known, disk_gib=100)
    assert 0 < left.cpu <= known.vcpus
    assert 0 < left.memory_bytes < known.memory_gib * GIB
    assert known.sources
    assert set(known.sources) <= {row["id"] for row in rows("sources")}


def rows(name: str) -> Iterator[dict[str, str]]:
    text = files("gpuplane.hardware").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return iter(csv.DictReader(text.splitlines()))


def test_every_source_says_where_and_when_it_was_read() -> None:
    assert all(row["url"] and row["read"] and row["facts"] for row in rows("sources"))


@pytest.mark.parametrize(
    ("platform", "name", "gpus", "devices", "architecture", "vendor"),
    [
        (Platform.GKE, "g4-standard-6", Fraction(1, 8), 1, "amd64", "nvidia"),
        (Platform.GKE, "a4x-highgpu-4g", Fraction(4), 4, "arm64", "nvidia"),
        (Platform.GKE, "a2-megagpu-16g", Fraction(16), 16, "amd64", "nvidia"),
        (Platform.EKS, "g6f.large", Fraction(1, 8), 1, "amd64", "nvidia"),
        (Platform.EKS, "g5g.xlarge", Fraction(1), 1, "arm64", "nvidia"),
        (Platform.EKS, "p6e-gb200.36xlarge", Fraction(4), 4, "arm64", "nvidia"),
        (Platform.EKS, "g4ad.xlarge", Fraction(1), 1, "amd64", "amd"),
        (Platform.EKS, "p5.48xlarge", Fraction(8), 8, "amd64", "nvidia"),
    ],
)
def test_fractional_arm64_and_amd_machines_are_told_apart(
    platform: Platform, name: str, gpus: Fraction, devices: int, architecture: str, vendor: str
) -> None:
    known = BUILT_IN.machine(platform, name)
    assert (known.gpus, known.gpu_devices) == (gpus, devices)
    assert (known.architecture, known.vendor) == (architecture, vendor)
    assert known.is_fractional == (gpus < 1)


def test_a_part_of_a_gpu_is_one_device_with_its_part_of_the_memory_that_cannot_be_cut_again() -> None:
    part = BUILT_IN.machine(Platform.GKE, "g4-standard-6")
    assert (advertised(part), device_memory_mib(part)) == (1, 12288)
    with pytest.raises(ValueError, match="unknown MIG profile of nvidia-rtx-pro-6000, got '1g.24gb', allowed: none"):
        advertised(part, Sharing(mig_profile="1g.24gb"))


def test_amd_gpus_are_another_resource() -> None:
    shown = advertised_resource(BUILT_IN.machine(Platform.EKS, "g4ad.xlarge"))
    assert shown == hardware.ExtendedResource("amd.com/gpu", 1)


@pytest.mark.parametrize(
    ("sharing", "name", "count", "memory_mib"),
    [
        (Sharing(), "nvidia.com/gpu", 8, 40960),
        (Sharing(clients=4), "nvidia.com/gpu", 32, 40960),
        (Sharing(clients=4, renamed=True), "nvidia.com/gpu.shared", 32, 40960),
        (Sharing(mig_profile="1g.5gb"), "nvidia.com/gpu", 56, 5120),
        (Sharing(mig_profile="1g.5gb", mig_strategy=MigStrategy.MIXED), "nvidia.com/mig-1g.5gb", 56, 5120),
        (Sharing(mig_profile="1g.5gb+me", mig_strategy=MigStrategy.MIXED), "nvidia.com/mig-1g.5gb.me", 8, 5120),
        (Sharing(clients=2, mig_profile="3g.20gb"), "nvidia.com/gpu", 32, 20480),
    ],
)
def test_a_node_shows_its_shared_and_partitioned_gpus(sharing: Sharing, name: str, count: int, memory_mib: int) -> None:
    p4d = BUILT_IN.machine(Platform.EKS, "p4d.24xlarge")
    assert advertised_resource(p4d, sharing) == hardware.ExtendedResource(name, count)
    assert device_memory_mib(p4d, sharing) == memory_mib


@pytest.mark.parametrize(
    ("platform", "name", "message"),
    [
        (
            Platform.GKE,
            "g2-standard-9",
            "unknown gke machine type, got 'g2-standard-9', nearest: g2-standard-96, g2-standard-8, g2-standard-4",
        ),
        (
            Platform.EKS,
            "g4dn.xlage",
            "unknown eks machine type, got 'g4dn.xlage', nearest: g4dn.xlarge, g4dn.8xlarge, g4dn.4xlarge",
        ),
        (
            Platform.EKS,
            "t3.small",
            "unknown eks machine type, got 't3.small', allowed: t3.medium, t3.large, t3.xlarge, t3.2xlarge",
        ),
        (
            Platform.GKE,
            "zz",
            "unknown gke machine type, got 'zz', allowed: "
            "n1-*, a2-*, a3-*, a4-*, a4x-*, g2-*, g4-*, e2-*, n2-*, n2d-*, n4-*, c3-*",
        ),
    ],
)
def test_an_unknown_machine_gives_the_nearest(platform: Platform, name: str, message: str) -> None:
    with pytest.raises(UnknownMachineError) as error:
        BUILT_IN.machine(platform, name)
    assert str(error.value) == message


def test_an_unknown_accelerator_gives_the_nearest() -> None:
    with pytest.raises(UnknownAcceleratorError, match="got 'nvidia-t4', nearest: nvidia-l4, nvidia-tesla-t4"):
        BUILT_IN.accelerator("nvidia-t4")


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("a3-ultragpu-8g", {"spot", "flex-start", "queued", "reservation"}),
        ("a4x-highgpu-4g", {"reservation"}),
        ("a3-highgpu-1g", {"spot", "flex-start", "queued"}),
        ("g2-standard-8", set()),
    ],
)
def test_the_ways_to_get_a_machine_are_known_where_they_are_published(name: str, kinds: set[str]) -> None:
    assert BUILT_IN.machine(Platform.GKE, name).purchase_options == {PurchaseOption(kind) for kind in kinds}


@pytest.mark.parametrize(
    ("name", "disk"),
    [
        ("n1-standard-8", "pd-balanced"),
        ("a3-megagpu-8g", "pd-balanced"),
        ("a3-ultragpu-8g", "hyperdisk-balanced"),
        ("a4-highgpu-8g", "hyperdisk-balanced"),
        ("g4-standard-48", "hyperdisk-balanced"),
    ],
)
def test_the_boot_disk_of_a_machine_is_its_familys(name: str, disk: str) -> None:
    assert BUILT_IN.machine(Platform.GKE, name).boot_disks[0] == disk


@pytest.mark.parametrize(
    ("name", "kind", "count", "message"),
    [
        (
            "n1-standard-8",
            "nvidia-l4",
            1,
            "cannot be attached to n1-standard-8, got 'nvidia-l4', allowed: N1 machines,",
        ),
        ("e2-standard-4", "nvidia-tesla-t4", 1, "cannot be attached to e2-standard-4, got 'nvidia-tesla-t4'"),
        ("n1-standard-8", "nvidia-tesla-t4", 3, "cannot attach 3 of nvidia-tesla-t4, allowed: 1, 2, 4"),
        ("n1-standard-16", "nvidia-tesla-v100", 1, "allowed: at most 12, fix: 2 or more of them, or a smaller machine"),
    ],
)
def test_accelerators_go_only_where_they_fit(name: str, kind: str, count: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        attach(BUILT_IN.machine(Platform.GKE, name), BUILT_IN.accelerator(kind), count)
