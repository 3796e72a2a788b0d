"""The values that a cloud's ids and outputs are filled with: accounts, locations, and providers' settings."""

from collections.abc import Mapping
from typing import Any

from gpuplane.platforms.locations import region_of
from gpuplane.simulation.wire_values import is_opaque, revealed

# Defaults of the clouds; a provider's settings override them.
_DEFAULTS = {
    "project": "rehearsal",
    "location": "us-central1",
    "zone": "us-central1-a",
    "account": "123456789012",
    "gke_version": "1.36.3-gke.1000000",
    "eks_version": "1.36",
    "created_at": "2026-01-01T00:00:00Z",
}
_REGIONS = {"gcp": "us-central1", "aws": "us-east-1"}


class ProviderSettings:
    """The values that ids and outputs are filled with.

    Args:
        endpoint: Address of the control plane of all clusters, `host:port`.
        ca_data: Its CA certificate as PEM in base64.
    """

    def __init__(self, endpoint: str, ca_data: str) -> None:
        self._facts = {**_DEFAULTS, "endpoint": endpoint, "ca_data": ca_data}
        self._configured: dict[str, Mapping[str, Any]] = {}

    def configure(self, package: str, settings: Mapping[str, Any]) -> None:
        """Use a provider's settings, such as `project` and `region`, as the defaults of its resources."""
        known = {key: value for key, value in revealed(settings).items() if isinstance(value, str)}
        self._configured[package] = {key: value for key, value in known.items() if not is_opaque(value)}

    def values(self, token: str, name: str, inputs: Mapping[str, Any], place: Mapping[str, str]) -> dict[str, Any]:
        """Return the values for one resource or function.

        Args:
            token: Its type.
            name: Its physical name.
            inputs: Its inputs, which override everything but its place.
            place: Project and location of its cluster, if it has one.
        """
        package = token.partition(":")[0]
        configured = self._configured.get(package, {})
        own = plain_texts(inputs)
        values = {**self._facts, "region": _REGIONS.get(package, ""), **configured, "name": name, **own}
        if "location" not in own:
            values["location"] = configured.get("region") or configured.get("zone") or values["location"]
        values.update(place)
        if package == "gcp":
            values["region"] = region_of(str(values["location"]))
        return values


def plain_texts(inputs: Mapping[str, Any]) -> dict[str, str]:
    """Return the inputs that are known strings."""
    return {key: value for key, value in inputs.items() if isinstance(value, str) and not is_opaque(value)}
