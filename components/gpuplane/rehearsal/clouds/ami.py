"""What EKS says an AMI type is for."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

CUSTOM = "CUSTOM"
DEFAULT = "AL2023_x86_64_STANDARD"


@dataclass(frozen=True)
class AmiType:
    """One AMI type of EKS.

    Attributes:
        name: As `amiType` spells it.
        architecture: `amd64` or `arm64`.
        vendor: Whose GPU driver it has, `nvidia`; empty without one.
        advertiser: Who advertises the GPUs of its nodes: `bottlerocket`, whose device plugin is built in, or
            `nvidia-device-plugin`, which has to be installed; empty without a driver.
    """

    name: str
    architecture: str
    vendor: str
    advertiser: str


@cache
def ami_types() -> Mapping[str, AmiType]:
    """All AMI types by name, but for `CUSTOM`, of which nothing is known."""
    text = files("gpuplane.rehearsal.clouds").joinpath("data", "ami_types.csv").read_text(encoding="utf-8")
    return {
        row["name"]: AmiType(row["name"], row["architecture"], row["vendor"], row["advertiser"])
        for row in csv.DictReader(text.splitlines())
    }
