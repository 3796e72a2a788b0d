"""Kubernetes resource quantities: parsed to exact numbers, checked, and written.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from gpuplane.arguments.errors import Problem

_FACTORS = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate(["k", "M", "G", "T", "P", "E"], start=1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate(["K", "M", "G", "T", "P", "E"], start=1)},
}
_FORM = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)")

GIB = Decimal(1024) ** 3
MIB = Decimal(1024) ** 2


def parse(text: str | int | float) -> Decimal:
    """Return the exact value of a quantity: cores for CPU, bytes for memory.

    Raises:
        ValueError: The text is not a quantity.

    Example:
        >>> parse("500m"), parse("16Gi") == 16 * GIB
        (Decimal('0.500'), True)
    """
    match = _FORM.fullmatch(str(text).strip())
    if not match:
        raise ValueError(f"not a quantity, got {text!r}, allowed: a number with m, k, M, G, T, Ki, Mi, Gi or Ti")
    number, exponent, suffix = match.groups()
    return Decimal(number + exponent) if exponent else Decimal(number) * _FACTORS[suffix or ""]


def problems(path: str, text: str, *, may_be_zero: bool = False) -> Iterator[Problem]:
    """Yield what is wrong with a quantity that must not be negative.

    Args:
        path: Its property path.
        text: The quantity.
        may_be_zero: Whether 0 is allowed.

    Example:
        >>> [str(problem) for problem in problems("size", "0")]
        ["size: must be more than 0, got '0'"]
    """
    try:
        amount = parse(text)
    except ValueError as error:
        yield Problem(path, str(error))
        return
    if amount < 0 or not (amount or may_be_zero):
        yield Problem(path, f"must be {'at least' if may_be_zero else 'more than'} 0, got {text!r}")


def of_resource(resource: str, amount: Decimal) -> str:
    """Write an amount in the unit of its resource, such as `requests.cpu`, `memory` or `nvidia.com/gpu`.

    Example:
        >>> of_resource("requests.cpu", Decimal("0.5")), of_resource("requests.storage", GIB), of_resource("pods", GIB)
        ('500m', '1Gi', '1073741824')
    """
    if resource.endswith("cpu"):
        return cpu(amount)
    return memory(amount) if resource.endswith(("memory", "storage")) else f"{amount.normalize():f}"


def cpu(cores: Decimal) -> str:
    """Write cores as Kubernetes does, whole or in millicores, rounded down."""
    millicores = int(cores * 1000)
    return f"{millicores}m" if millicores % 1000 else str(millicores // 1000)


def memory(number_of_bytes: Decimal) -> str:
    """Write bytes as Kubernetes does, in the largest binary unit up to GiB that divides them, rounded down to KiB."""
    kib = int(number_of_bytes) // 1024
    for suffix in ("Ki", "Mi", "Gi"):
        if kib % 1024 or not kib or suffix == "Gi":
            return f"{kib}{suffix}"
        kib //= 1024
    raise AssertionError("unreachable")
