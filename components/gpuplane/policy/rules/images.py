"""Images: pinned, and without the model's weights."""

import re
from collections.abc import Iterator

from gpuplane.kubernetes.images import has_digest, tag
from gpuplane.policy.model import ADVICE, BEFORE_PROD, SHARED, Rule, Violation
from gpuplane.policy.subjects.subjects import UNKNOWN, Container, Subject, maps

_FLOATING = re.compile(r"(^|[-_.])(latest|nightly|main|master|head|edge|dev|slim|stable)$", re.IGNORECASE)

# Where a model's files can come from: claims, volumes of a storage driver, and images mounted as volumes.
_SOURCES = ("persistentVolumeClaim", "ephemeral", "csi", "image", "nfs", "hostPath")


def is_floating(image: str) -> bool:
    """Whether the image may be another one tomorrow: no tag, or one that says no version.

    Example:
        >>> is_floating("google/cloud-sdk:slim"), is_floating("google/cloud-sdk:578.0.0-slim")
        (True, False)
    """
    if has_digest(image):
        return False
    said = tag(image)
    # A version names its variant at its end: `578.0.0-slim` stays what it is, `slim` and `dev-latest` do not.
    has_version = bool(re.search(r"\d", said)) and not re.search(r"(^|[-_.])latest$", said, re.IGNORECASE)
    return not said or (bool(_FLOATING.search(said)) and not has_version)


def _pinned(subject: Subject) -> Iterator[Violation]:
    for path, image in _images(subject):
        if is_floating(image):
            shown = subject.shown(path, image)
            yield Violation(subject, path, f"must have a tag that is one version, got {shown}")


def _digest(subject: Subject) -> Iterator[Violation]:
    for path, image in _images(subject):
        if not has_digest(image):
            yield Violation(subject, path, f"must be pinned by digest, got {subject.shown(path, image)}")


def _images(subject: Subject) -> Iterator[tuple[str, str]]:
    for container in subject.containers():
        image = container.body.get("image")
        # One that is never pulled came with the node's own image, which is a version by itself.
        is_pulled = container.body.get("imagePullPolicy") != "Never"
        if isinstance(image, str) and image != UNKNOWN and is_pulled:
            yield f"{container.path}.image", image


def _weights(subject: Subject) -> Iterator[Violation]:
    pod = subject.pod
    if pod is None or subject.kind == "DaemonSet":
        return
    servers = [one for one in subject.containers(with_init=False) if one.gpus]
    if servers and not _has_source(subject, servers):
        message = "no volume brings the model's files, so they are in the image or fetched at every start"
        yield Violation(subject, f"{subject.pod_path}.volumes", message)


def _has_source(subject: Subject, servers: list[Container]) -> bool:
    pod = subject.pod or {}
    brought = {str(one.get("name")) for one in maps(pod.get("volumes")) if any(key in one for key in _SOURCES)}
    filled = {
        str(mount.get("name"))
        for one in subject.containers()
        if one.is_init
        for mount in maps(one.body.get("volumeMounts"))
    }
    mounted = {str(mount.get("name")) for one in servers for mount in maps(one.body.get("volumeMounts"))}
    return bool(mounted & (brought | filled))


RULES = (
    Rule(
        id="image-pinned",
        reason="a tag that moves gives other code to the next pod, and there is nothing to roll back to",
        fix="a version tag, with its digest in staging and prod",
        levels=SHARED,
        check=_pinned,
    ),
    Rule(
        id="image-digest",
        reason="a version tag can be pushed again; a digest is the bytes that were tested",
        fix="append @sha256:... to the tag",
        levels=BEFORE_PROD,
        check=_digest,
    ),
    Rule(
        id="weights-outside-image",
        reason="an image of many gigabytes is pulled by every new node before the first request is served",
        fix="a download by an init container, a volume claim or an image volume",
        levels=ADVICE,
        check=_weights,
    ),
)
