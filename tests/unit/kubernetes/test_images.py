"""References to container images."""

import pulumi
import pytest

from gpuplane.arguments.errors import Problem
from gpuplane.kubernetes.images import has_digest, image_problems, tag

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("image", "expected_tag", "pinned"),
    [
        ("bert", "", False),
        ("bert:v1", "v1", False),
        ("registry:5000/bert", "", False),
        ("registry:5000/ml/bert:v1", "v1", False),
        (f"bert:v1@{DIGEST}", "v1", True),
        (f"bert@{DIGEST}", "", True),
        ("bert@sha256:abc", "", False),
    ],
)
def test_a_reference_has_a_tag_and_a_digest(image: str, expected_tag: str, pinned: bool) -> None:
    assert (tag(image), has_digest(image)) == (expected_tag, pinned)


@pytest.mark.parametrize("image", ["bert:v1", f"bert@{DIGEST}", pulumi.Output.from_input("bert")])
def test_an_image_with_a_version_or_unknown_yet_is_accepted(image: str) -> None:
    assert not list(image_problems("image", image))


@pytest.mark.parametrize("image", ["bert", "registry:5000/bert", "bert:", "bert@sha256:abc"])
def test_an_image_without_a_version_is_refused(image: str) -> None:
    expected = [Problem("image", f"must have a tag or a digest, got {image!r}")]
    assert list(image_problems("image", image)) == expected
