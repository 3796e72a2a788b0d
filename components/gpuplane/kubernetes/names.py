"""What Kubernetes takes as the name of a label, an annotation or a condition, and as a label's value.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
"""

import re
from collections.abc import Iterable, Mapping

from gpuplane.arguments.errors import Problem

_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_DOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


def is_namespace(text: str) -> bool:
    """Whether a namespace may be called that."""
    return bool(_NAMESPACE.fullmatch(text))


def key_problems(path: str, keys: Iterable[str]) -> Iterable[Problem]:
    """Those of the keys that are no qualified names, such as `example.com/ready`.

    Example:
        >>> [str(problem) for problem in key_problems("labels", ["a b"])]
        ["labels: must have keys such as example.com/name, got 'a b'"]
    """
    for key in keys:
        domain, slash, name = key.rpartition("/")
        is_qualified = not slash or (bool(_DOMAIN.fullmatch(domain)) and len(domain) <= 253)
        if not _NAME.fullmatch(name) or not is_qualified:
            yield Problem(path, f"must have keys such as example.com/name, got {key!r}")


def label_problems(path: str, labels: Mapping[str, str]) -> Iterable[Problem]:
    """Labels whose key or value Kubernetes does not take."""
    yield from key_problems(path, labels)
    for key, value in labels.items():
        if value and not _NAME.fullmatch(value):
            rule = "must be at most 63 letters, digits, -, _ and ., with a letter or digit at its ends"
            yield Problem(f"{path}.{key}", f"{rule}, got {value!r}")
