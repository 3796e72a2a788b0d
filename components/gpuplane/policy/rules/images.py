"""Images: pinned, and without model weights."""

import re
from collections.abc import Iterator

from gpuplane.kubernetes.images import has_digest, tag
from gpuplane.policy.model import ADVICE, BEFORE_PROD, WARN_IN_DEV, Rule, Violation
from gpuplane.policy.subjects.subject import UNKNOWN, Container, Subject, maps

_FLOATING = re.compile(r"(^|[-_.])(latest|nightly|main|master|head|edge|dev|slim|stable)$", re.IGNORECASE)

# Volumes that can provide the files of a model.
_SOURCES = ("persistentVolumeClaim", "ephemeral", "csi", "image", "nfs", "hostPath")


def is_floating(image: str) -> bool:
    """Return whether the image can change: it has no tag, or one without a version.

    Example:
        >>> is_floating("google/cloud-sdk:slim"), is_floating("google/cloud-sdk:578.0.0-slim")
        (True, False)
    """
    if has_digest(image):
        return False
    said = tag(image)
    # A version may end in a variant: `578.0.0-slim` is fixed, `slim` and `dev-latest` are not.
    has_version = bool(re.search(r"\d", said)) and not re.search(r"(^|[-_.])latest$", said, re.IGNORECASE)
    return not said or (bool(_FLOATING.search(said)) and not has_version)


def _pinned(subject: Subject) -> Iterator[Violation]:
    for path, image in _images(subject):
        if is_floating(image):
            shown = subject.shown(path, image)
            yield Violation(subject, path, f"must have a version tag, got {shown}")


def _digest(subject: Subject) -> Iterator[Violation]:
    for path, image in _images(subject):
        if not has_digest(image):
            yield Violation(subject, path, f"must be pinned by digest, got {subject.shown(path, image)}")


def _images(subject: Subject) -> Iterator[tuple[str, str]]:
    for container in subject.containers():
        image = container.body.get("image")
        # An image that is never pulled is part of the node image, which has a version.
        is_pulled = container.body.get("imagePullPolicy") != "Never"
        if isinstance(image, str) and image != UNKNOWN and is_pulled:
            yield f"{container.path}.image", image


def _weights(subject: Subject) -> Iterator[Violation]:
    pod = subject.pod
    if pod is None or subject.kind == "DaemonSet":
        return
    servers = [one for one in subject.containers(with_init=False) if one.gpus]
    if servers and not _has_source(subject, servers):
        message = "no volume provides the model, so it is in the image or downloaded at every start"
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
        reason="a floating tag gives the next pod different code, and leaves nothing to roll back to",
        fix="use a version tag, with its digest in staging and prod",
        levels=WARN_IN_DEV,
        check=_pinned,
    ),
    Rule(
        id="image-digest",
        reason="a tag can be overwritten; a digest is the image that was tested",
        fix="append @sha256:... to the tag",
        levels=BEFORE_PROD,
        check=_digest,
    ),
    Rule(
        id="weights-outside-image",
        reason="every new node pulls an image of many gigabytes before it serves its first request",
        fix="use an init container, a volume claim or an image volume",
        levels=ADVICE,
        check=_weights,
    ),
)
