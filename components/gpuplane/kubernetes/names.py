"""The grammar of Kubernetes' names: namespaces, qualified names (keys of labels, annotations and taints), label values.

Sources: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and
https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from gpuplane.arguments.errors import Problem

_NAME = re.compile(r"[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?", re.ASCII)
_PREFIX = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")

_FORM = "must be at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last"


def is_namespace(text: str) -> bool:
    """Return whether the text can name a namespace: it is an RFC 1123 label.

    Example:
        >>> is_namespace("ml-prod"), is_namespace("ML")
        (True, False)
    """
    return bool(_DNS_LABEL.fullmatch(text))


def is_child_name(text: str, longest: int) -> bool:
    """Return whether the text is an RFC 1035 label, short enough to be part of a longer name.

    Args:
        text: The name.
        longest: The most characters that it may have.

    Example:
        >>> is_child_name("data", 22), is_child_name("1st", 22)
        (True, False)
    """
    return len(text) <= longest and bool(_DNS_LABEL.fullmatch(text)) and not text[0].isdecimal()


def is_qualified_name(text: str) -> bool:
    """Return whether the text can be the key of a label, an annotation or a taint, or a pod condition's type.

    Example:
        >>> is_qualified_name("example.com/ready"), is_qualified_name("Example.com/ready")
        (True, False)
    """
    return not any(key_problems("", text))


def is_extended_resource(text: str) -> bool:
    """Return whether the text can name a resource that a device plugin advertises, such as `nvidia.com/gpu`."""
    return "/" in text and is_qualified_name(text)


def is_label_value(text: str) -> bool:
    """Return whether the text can be the value of a label or a taint; an empty one can."""
    return not text or bool(_NAME.fullmatch(text))


def key_problems(path: str, key: str) -> Iterator[Problem]:
    """Yield what is wrong with the form of a qualified name.

    Args:
        path: Its property path.
        key: The name.

    Example:
        >>> [problem.message for problem in key_problems("key", "Example.com/x")]
        ["prefix must be a lower-case DNS name, got 'Example.com/x'"]
    """
    prefix, slash, name = key.rpartition("/")
    if slash and not _PREFIX.fullmatch(prefix):
        yield Problem(path, f"prefix must be a lower-case DNS name, got {key!r}")
    elif not _NAME.fullmatch(name):
        yield Problem(path, f"{_FORM}, optionally after a DNS name and '/', got {key!r}")


def value_problems(path: str, value: str) -> Iterator[Problem]:
    """Yield what is wrong with the form of a label's or taint's value."""
    if not is_label_value(value):
        yield Problem(path, f"{_FORM}, got {value!r}")


def annotation_problems(path: str, keys: Iterable[str]) -> Iterator[Problem]:
    """Yield the keys of annotations that Kubernetes would refuse; their values are free."""
    for key in keys:
        yield from key_problems(f"{path}[{key!r}]", key)


def label_problems(path: str, labels: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the labels whose key or value Kubernetes would refuse.

    Example:
        >>> [problem.path for problem in label_problems("labels", {"a b": "c", "team": "-"})]
        ["labels['a b']", "labels['team']"]
    """
    for key, value in labels.items():
        yield from key_problems(f"{path}[{key!r}]", key)
        yield from value_problems(f"{path}[{key!r}]", value)
