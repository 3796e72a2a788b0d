"""Kubernetes resource quantities as exact numbers.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

import re
from decimal import Decimal

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
    """The exact value of a quantity: cores for CPU, bytes for memory.

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


def cpu(cores: Decimal) -> str:
    """Cores as Kubernetes writes them, whole cores or millicores, rounded down."""
    millicores = int(cores * 1000)
    return f"{millicores}m" if millicores % 1000 else str(millicores // 1000)


def memory(number_of_bytes: Decimal) -> str:
    """Bytes as Kubernetes writes them, in the largest binary unit that holds them whole, at least KiB."""
    kib = int(number_of_bytes) // 1024
    for suffix in ("Ki", "Mi", "Gi"):
        if kib % 1024 or not kib or suffix == "Gi":
            return f"{kib}{suffix}"
        kib //= 1024
    raise AssertionError("unreachable")
