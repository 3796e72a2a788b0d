"""Values as they arrive at a provider: secrets in an envelope, unknown values as a marker."""

from collections.abc import Mapping
from typing import Any, cast

import pulumi
from pulumi.runtime.rpc import UNKNOWN

# Pulumi's wire format: sdk/go/common/resource/sig/sig.go in the pulumi repository.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


def is_opaque(value: Any) -> bool:
    """Return whether the value cannot be inspected: it is unknown, an asset, or a reference to a resource."""
    if isinstance(value, (pulumi.Output, pulumi.Asset, pulumi.Archive, pulumi.Resource)):
        return True
    if isinstance(value, Mapping):
        return _SIGNATURE in value
    return value == UNKNOWN or type(value).__name__ in ("Unknown", "Computed")


def revealed(value: Any) -> Any:
    """Remove the envelopes of secrets at every depth; unknown values stay unknown.

    Example:
        >>> revealed({"password": {_SIGNATURE: _SECRET, "value": "x"}})
        {'password': 'x'}
    """
    if isinstance(value, Mapping):
        fields = cast(Mapping[str, Any], value)
        kind = fields.get(_SIGNATURE)
        if kind in (_SECRET, _OUTPUT_VALUE) and "value" in fields:
            return revealed(fields["value"])
        if kind is not None:
            return UNKNOWN if kind == _OUTPUT_VALUE else dict(fields)
        return {key: revealed(inner) for key, inner in fields.items()}
    if isinstance(value, (list, tuple)):
        return [revealed(inner) for inner in cast(list[Any], value)]
    return value
