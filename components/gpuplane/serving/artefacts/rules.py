"""Rules of a model's address and its storage."""

from collections.abc import Iterable

from gpuplane.arguments.errors import Problem
from gpuplane.serving.artefacts.uri import FETCHED, ModelUri, Scheme, parse
from gpuplane.serving.runtimes.catalogue import RuntimeName, runtime
from gpuplane.serving.storage import ModelStorage

# The first Kubernetes with volumes of images unless told otherwise. Source:
# https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes
IMAGE_VOLUMES_SINCE = "1.35"


def image_volume_problems(model: str, version: str | None) -> Iterable[Problem]:
    """Refuse an image volume in a cluster that does not support them.

    Args:
        model: The address.
        version: The cluster's Kubernetes version, such as `1.33`; None if unknown.

    Example:
        >>> [problem.message for problem in image_volume_problems("oci://registry.example.com/bert:v1", "1.34")]
        ["must not be an image volume on Kubernetes 1.34, which has them from 1.35, got 'oci://registry.example.com/bert:v1'"]
    """
    if version is None or not model.startswith(f"{Scheme.OCI.value}://"):
        return
    if int(version.partition(".")[2]) < int(IMAGE_VOLUMES_SINCE.partition(".")[2]):
        yield Problem(
            "model",
            f"must not be an image volume on Kubernetes {version}, which has them from {IMAGE_VOLUMES_SINCE}, "
            f"got {model!r}",
        )


def model_problems(
    model: str | None, storage: ModelStorage, server: RuntimeName, has_command: bool
) -> Iterable[Problem]:
    """Yield the problems of a server's `model` with its `storage` and runtime.

    Args:
        model: The model's address.
        storage: Its storage.
        server: The server's runtime.
        has_command: Whether a command replaces the runtime's.
    """
    is_read_only = storage.claim is not None and storage.claim.access_mode == "ReadOnlyMany"
    if storage.download and is_read_only:
        yield Problem("storage.download", "must be able to write, got a ReadOnlyMany claim, fix: make it ReadWriteMany")
    if model is None:
        if storage.sha256 is not None:
            yield Problem("storage.sha256", "must be left out without a model, which it is the checksum of")
        if runtime(server).needs_folder and not has_command and not (storage.claim or storage.download):
            yield Problem("model", f"required by runtime {server.value}, got nothing")
        return
    try:
        uri = parse(model)
    except ValueError as error:
        yield Problem("model", str(error))
        return
    if storage.download:
        yield Problem("storage.download", f"must be left out with a model, got both, the model is {model!r}")
    if runtime(server).needs_folder and uri.is_file and not has_command:
        yield Problem("model", f"must be a folder for {server.value}, got {model!r}, fix: end it with a slash")
    yield from _place_problems(uri, storage, is_read_only)


def _place_problems(uri: ModelUri, storage: ModelStorage, is_read_only: bool) -> Iterable[Problem]:
    if uri.scheme in FETCHED:
        if is_read_only:
            yield Problem(
                "storage.claim.access_mode",
                "must be one that the model can be fetched to, got 'ReadOnlyMany', allowed: ReadWriteMany",
            )
        return
    for path, said in (("storage.claim", storage.claim), ("storage.sha256", storage.sha256)):
        if said is not None:
            yield Problem(path, f"must be left out with {uri.scheme.value}://, which is mounted and not fetched")
