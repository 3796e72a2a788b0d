"""The files of a model's address, by its scheme."""

from collections.abc import Callable, Iterator

from . import gcs, hugging_face, s3
from .remote_file import FetchError, RemoteFile

_LISTS: dict[str, Callable[[str], Iterator[RemoteFile]]] = {
    "gs": gcs.listed,
    "s3": s3.listed,
    "hf": hugging_face.listed,
}


def listed(uri: str) -> Iterator[RemoteFile]:
    """List the files of an address.

    Raises:
        FetchError: The server fails, or the scheme is unknown.
    """
    scheme, _, rest = uri.partition("://")
    if scheme == "https":
        yield RemoteFile(uri, rest.rpartition("/")[2], lambda _: {})
        return
    if scheme not in _LISTS:
        raise FetchError(f"{uri}: cannot be fetched, allowed: gs, s3, hf, https")
    try:
        yield from _LISTS[scheme](rest)
    except OSError as error:
        raise FetchError(f"{uri}: {error}") from None
