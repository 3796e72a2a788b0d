"""The grammar of container image references: registry, repository, tag and digest."""

import re
from collections.abc import Iterator

from gpuplane.arguments.errors import Problem
from gpuplane.arguments.inputs import Input, is_plain

DIGEST = r"@sha256:[0-9a-f]{64}"
VERSION = rf"(:\w[\w.-]*|{DIGEST})"
"""A tag or a digest, as a pattern."""


def tag(image: str) -> str:
    """Return the tag of an image, empty without one.

    Example:
        >>> tag("registry.example.com:5000/ml/server:v1"), tag("registry.example.com:5000/ml/server")
        ('v1', '')
    """
    name = image.partition("@")[0].rpartition("/")[2]
    return name.partition(":")[2]


def has_digest(image: str) -> bool:
    """Tell whether an image is pinned by its digest.

    Example:
        >>> has_digest("bert:v1@sha256:" + "0" * 64), has_digest("bert:v1")
        (True, False)
    """
    return bool(re.search(rf"{DIGEST}$", image))


def image_problems(path: str, image: Input[str]) -> Iterator[Problem]:
    """Require a tag or a digest of an image that is known before the deployment."""
    if is_plain(image) and not (has_digest(str(image)) or re.search(r"^[^@]*:\w[\w.-]*$", str(image))):
        yield Problem(path, f"must have a tag or a digest, got {image!r}")
