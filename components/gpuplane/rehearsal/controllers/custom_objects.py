"""Watches objects of custom kinds for the controllers that read them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from gpuplane.rehearsal.control_plane.api import KubernetesApi
from gpuplane.simulation.nodes.pool import PoolNodes

Object = Mapping[str, Any]

# `apiVersion` and `kind`.
Kind = tuple[str, str]


class Pools(Protocol):
    """A place where node pools are added and removed."""

    def add_pool(self, name: str, nodes: PoolNodes) -> None:
        """Add a pool, or replace the one of that name."""
        ...

    def remove_pool(self, name: str) -> None:
        """Remove a pool with its nodes."""
        ...


class Reader(Protocol):
    """A controller of custom objects."""

    @property
    def kinds(self) -> Sequence[Kind]:
        """The kinds that it reads, in the order in which it needs them."""
        ...

    def on_object(self, obj: Object) -> None:
        """Handle an object that is new or whose spec has changed."""
        ...

    def on_gone(self, obj: Object) -> None:
        """Handle an object that was deleted."""
        ...


class CustomObjects:
    """Tells readers about their objects.

    Args:
        api: The API server.
        kinds: The kinds of the program's objects; others are not served, so they are not listed.
        readers: The controllers that read them.
    """

    def __init__(self, api: KubernetesApi, kinds: Collection[Kind], readers: Iterable[Reader]) -> None:
        self._api = api
        self._reads = [(reader, kind) for reader in readers for kind in reader.kinds if kind in kinds]
        self._seen: dict[str, Object] = {}

    def tick(self) -> None:
        """Run one round: report what is new, changed or deleted since the last one."""
        there: dict[str, Object] = {}
        # Listed in reverse: an object that was listed refers to one that already exists.
        listed = {kind: self._api.list_custom(*kind) for _, kind in reversed(self._reads)}
        for reader, kind in self._reads:
            for obj in listed[kind]:
                uid = obj["metadata"]["uid"]
                there[uid] = obj
                if _generation(obj) != _generation(self._seen.get(uid)):
                    reader.on_object(obj)
        for reader, kind in self._reads:
            gone = [one for uid, one in self._seen.items() if uid not in there and kind_of(one) == kind]
            for obj in gone:
                reader.on_gone(obj)
        self._seen = there


def kind_of(obj: Object) -> Kind:
    """Return the API version and kind of an object."""
    return str(obj.get("apiVersion")), str(obj.get("kind"))


def _generation(obj: Object | None) -> int | None:
    return obj["metadata"].get("generation") if obj else None
