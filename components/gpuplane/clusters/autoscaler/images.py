"""The release of the cluster autoscaler for each Kubernetes version, whose scheduler it simulates."""

import csv
import functools
from collections.abc import Mapping
from importlib.resources import files

_Minor = tuple[int, int]


def image_for(kubernetes_version: str) -> str:
    """Return the image for a cluster; for a version older or newer than all known ones, the nearest.

    Source: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/README.md#releases

    Example:
        >>> image_for("1.34")
        'registry.k8s.io/autoscaling/cluster-autoscaler:v1.34.5'
        >>> image_for("1.99") == image_for("1.36")
        True
    """
    wanted = _minor(kubernetes_version)
    known = images()
    return known[max((one for one in known if one <= wanted), default=min(known))]


@functools.cache
def images() -> Mapping[_Minor, str]:
    """Return the images by Kubernetes version."""
    text = files("gpuplane.clusters.autoscaler").joinpath("data", "images.csv").read_text(encoding="utf-8")
    return {_minor(row["kubernetes"]): row["image"] for row in csv.DictReader(text.splitlines())}


def _minor(version: str) -> _Minor:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)
