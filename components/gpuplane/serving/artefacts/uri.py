"""Addresses of models: where the files are, and whether they are one file or a folder."""

import re
from dataclasses import dataclass
from enum import Enum

from gpuplane.kubernetes import images


class Scheme(str, Enum):
    """The kinds of addresses."""

    GCS = "gs"
    S3 = "s3"
    HUGGING_FACE = "hf"
    HTTPS = "https"
    OCI = "oci"
    CLAIM = "pvc"
    LOCAL = "file"


# The schemes that are fetched; the others are mounted.
FETCHED = (Scheme.GCS, Scheme.S3, Scheme.HUGGING_FACE, Scheme.HTTPS)

_FORMS = {
    Scheme.GCS: (r"gs://(?P<place>[a-z0-9][-_.a-z0-9]{1,220}[a-z0-9])/(?P<path>[^?#]*[^?#/]/?)", "gs://BUCKET/PATH"),
    Scheme.S3: (r"s3://(?P<place>[a-z0-9][-.a-z0-9]{1,61}[a-z0-9])/(?P<path>[^?#]*[^?#/]/?)", "s3://BUCKET/PATH"),
    Scheme.HUGGING_FACE: (
        r"hf://(?P<place>[\w][-.\w]*/[\w][-.\w]*)@(?P<revision>[-.\w/]+)(?P<path>)",
        "hf://OWNER/NAME@REVISION",
    ),
    Scheme.HTTPS: (r"https://(?P<place>[-.\w]+(:\d+)?)/(?P<path>[^?#]*[^?#/])", "https://HOST/PATH of one file"),
    Scheme.OCI: (
        r"oci://(?P<place>[-.\w]+(:\d+)?/[-./\w]*\w" + images.VERSION + r")(?P<path>)",
        "oci://REGISTRY/REPOSITORY@sha256:DIGEST",
    ),
    Scheme.CLAIM: (r"pvc://(?P<place>[a-z0-9]([-a-z0-9.]*[a-z0-9])?)(/(?P<path>[^?#]*))?", "pvc://CLAIM/PATH"),
    Scheme.LOCAL: (r"file://(?P<place>)(?P<path>/[^?#]*[^?#/]/?)", "file:///PATH on the node"),
}


@dataclass(frozen=True)
class ModelUri:
    """A model's address.

    Attributes:
        text: The whole address.
        scheme: Its kind.
        place: Bucket, repository, host, image reference or claim.
        path: Path in that place, without surrounding slashes except for a local one.
        revision: Branch, tag or commit on Hugging Face.
        is_file: Whether it is one file; an address without a path, or with a final slash, is a folder.
    """

    text: str
    scheme: Scheme
    place: str
    path: str
    revision: str
    is_file: bool

    @property
    def file_name(self) -> str:
        """The name of the file, empty for a folder."""
        return self.path.rpartition("/")[2] if self.is_file else ""

    @property
    def name(self) -> str:
        """The name clients use for the model: its repository, or the last part of its address."""
        if self.scheme is Scheme.HUGGING_FACE:
            return self.place
        last = (self.path or self.place).rpartition("/")[2]
        return re.split(r"[@:]", last)[0] if self.scheme is Scheme.OCI else last


def parse(text: str) -> ModelUri:
    """Parse an address.

    Raises:
        ValueError: It is invalid; the message names the valid forms.

    Example:
        >>> parse("gs://acme-models/resnet50/v1/model.onnx").file_name
        'model.onnx'
        >>> parse("hf://BAAI/bge-m3@5617a9f").revision
        '5617a9f'
    """
    known = {scheme.value: scheme for scheme in Scheme}
    scheme = known.get(text.partition("://")[0]) if "://" in text else None
    if scheme is None:
        allowed = ", ".join(f"{known}://" for known in known)
        raise ValueError(f"must be the address of a model, got {text!r}, allowed: {allowed}")
    pattern, form = _FORMS[scheme]
    found = re.fullmatch(pattern, text)
    if not found:
        raise ValueError(f"must be {form}, got {text!r}")
    parts = found.groupdict()
    path = parts["path"] or ""
    has_files = scheme not in (Scheme.HUGGING_FACE, Scheme.OCI, Scheme.CLAIM)
    return ModelUri(
        text=text,
        scheme=scheme,
        place=parts["place"],
        path=path.rstrip("/") if scheme is Scheme.LOCAL else path.strip("/"),
        revision=parts.get("revision") or "",
        is_file=has_files and not path.endswith("/"),
    )
