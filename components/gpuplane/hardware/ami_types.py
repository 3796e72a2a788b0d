"""The AMI types of EKS: what each is for."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from gpuplane.hardware.model import Machine

CUSTOM = "CUSTOM"
DEFAULT = "AL2023_x86_64_STANDARD"


@dataclass(frozen=True)
class AmiType:
    """One AMI type of EKS.

    Attributes:
        name: As `amiType` spells it.
        os: `al2`, `al2023` or `bottlerocket`.
        architecture: `amd64` or `arm64`.
        vendor: Whose GPU driver it has, `nvidia`; empty without one.
        fips: Whether its cryptography is the one that FIPS 140 validates.
        advertiser: Who advertises the GPUs of its nodes: `bottlerocket`, whose device plugin is built in, or
            `nvidia-device-plugin`, which has to be installed; empty without a driver.
        accelerators: The accelerators that it supports where these are not all of its vendor.
        last_kubernetes: The last Kubernetes version that it is published for; empty while it is published for all.
    """

    name: str
    os: str
    architecture: str
    vendor: str
    fips: bool
    advertiser: str
    accelerators: tuple[str, ...]
    last_kubernetes: str

    def supports(self, machine: Machine) -> bool:
        """Whether nodes of this machine type start from it and have a driver for their GPUs."""
        return (
            machine.architecture == self.architecture
            and machine.vendor == self.vendor
            and (not self.accelerators or machine.accelerator in self.accelerators)
        )


@cache
def ami_types() -> Mapping[str, AmiType]:
    """All AMI types by name, but for `CUSTOM`, of which nothing is known."""
    text = files("gpuplane.hardware").joinpath("data", "ami_types.csv").read_text(encoding="utf-8")
    return {
        row["name"]: AmiType(
            name=row["name"],
            os=row["os"],
            architecture=row["architecture"],
            vendor=row["vendor"],
            fips=row["fips"] == "yes",
            advertiser=row["advertiser"],
            accelerators=tuple(row["accelerators"].split()),
            last_kubernetes=row["last_kubernetes"],
        )
        for row in csv.DictReader(text.splitlines())
    }


def gpu_ami(os: str, machine: Machine, fips: bool = False) -> AmiType | None:
    """Return the AMI type with a GPU driver for a machine type, None where there is none.

    Example:
        >>> from gpuplane.hardware import BUILT_IN
        >>> from gpuplane.platforms import Platform
        >>> gpu_ami("bottlerocket", BUILT_IN.machine(Platform.EKS, "g5g.xlarge"), fips=True).name
        'BOTTLEROCKET_ARM_64_NVIDIA_FIPS'
    """
    fitting = (ami for ami in ami_types().values() if ami.os == os and ami.vendor and ami.fips == fips)
    return next((ami for ami in fitting if ami.supports(machine)), None)
