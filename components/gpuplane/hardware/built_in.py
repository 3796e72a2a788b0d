"""The built-in machine types and accelerators, read from the data files."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import MappingProxyType

from gpuplane.hardware.model import Accelerator, LocalSsd, Machine, Network, PurchaseOption
from gpuplane.platforms import Platform

_GB, _GIB = 10**9, 2**30


def rows(name: str) -> Iterator[dict[str, str]]:
    """Return the rows of a data file by column."""
    # Loaded with the data, so that an import of this package stays fast.
    import csv
    from importlib.resources import files

    text = files("gpuplane.hardware").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return iter(csv.DictReader(text.splitlines()))


@cache
def built_in_accelerators() -> Mapping[str, Accelerator]:
    """Return the built-in accelerators by name."""
    return MappingProxyType({row["name"]: _accelerator(row) for row in rows("accelerators")})


@cache
def built_in_machines(platform: Platform) -> Mapping[str, Machine]:
    """Return the built-in machine types of a platform by name."""
    special = _SPECIAL.get(platform)
    if not special:
        return MappingProxyType({})
    return MappingProxyType({row["name"]: _machine(platform, row, special) for row in rows(platform.value)})


def _accelerator(row: Mapping[str, str]) -> Accelerator:
    return Accelerator(
        name=row["name"],
        vendor=row["vendor"],
        memory_mib=int(row["memory_mib"]),
        mig_profiles=MappingProxyType(
            {profile: int(count) for profile, _, count in (part.rpartition(":") for part in row["mig"].split())}
        ),
        max_shared_clients=int(row["max_shared_clients"]) if row["max_shared_clients"] else None,
        max_mps_clients=int(row["max_mps_clients"] or 0),
        product=row["product"],
        sources=tuple(row["sources"].split()),
    )


def _machine(
    platform: Platform, row: Mapping[str, str], special: Callable[[Mapping[str, str]], tuple[LocalSsd | None, Network]]
) -> Machine:
    gpu = built_in_accelerators()[row["accelerator"]] if row["accelerator"] else None
    local_ssd, network = special(row)
    return Machine(
        platform=platform,
        name=row["name"],
        vcpus=int(row["vcpus"]),
        memory_gib=Decimal(row["memory_gib"]),
        architecture=row["architecture"],
        gpu=gpu,
        gpus=Fraction(row["gpus"] or 0),
        gpu_memory_mib=int(row["gpu_memory_mib"] or (gpu.memory_mib if gpu else 0)),
        max_pods=int(row.get("max_pods") or 110),
        local_ssd=local_ssd,
        network=network,
        boot_disks=tuple(row.get("boot_disks", "").split()),
        purchase_options=frozenset(map(PurchaseOption, row["purchase_options"].split())),
        compact_flex_start=row.get("compact_flex_start") == "yes",
        shared_core=row.get("shared_core") == "yes",
        bare_metal=row["bare_metal"] == "yes",
        sources=tuple(row["sources"].split()),
    )


def _of_gce(row: Mapping[str, str]) -> tuple[LocalSsd | None, Network]:
    counts = tuple(map(int, row["local_ssd_counts"].split()))
    each = int(row["local_ssd_gib"] or 0) * _GIB
    local_ssd = LocalSsd(row["local_ssd_bundled"] == "yes", counts, max(counts) * each) if counts else None
    return local_ssd, Network(
        gvnic_required=row["gvnic_required"] == "yes",
        gpudirect=row["gpudirect"],
        gpu_networks=int(row["gpu_networks"] or 0),
    )


def _of_ec2(row: Mapping[str, str]) -> tuple[LocalSsd | None, Network]:
    local_ssd = LocalSsd(True, (), int(row["local_ssd_gb"]) * _GB) if row["local_ssd_gb"] else None
    return local_ssd, Network(
        efa_interfaces=int(row["efa_interfaces"] or 0), network_cards=int(row["network_cards"] or 0)
    )


_SPECIAL = {Platform.GKE: _of_gce, Platform.EKS: _of_ec2}
