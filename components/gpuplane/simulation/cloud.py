"""A simulated cloud: resources are checked, refused or created, stored, and read back."""

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from gpuplane.arguments.errors import Problem, nearest
from gpuplane.hardware import BUILT_IN, Catalogue
from gpuplane.plain.merge_patch import merge
from gpuplane.simulation import tables
from gpuplane.simulation.difference import Difference, difference
from gpuplane.simulation.inputs import at
from gpuplane.simulation.naming import HASH_LENGTH, name_property, named
from gpuplane.simulation.provider_settings import ProviderSettings, plain_texts
from gpuplane.simulation.refusals import refusals
from gpuplane.simulation.request import Request
from gpuplane.simulation.resource import CloudRefusal, Resource
from gpuplane.simulation.schema.check import check_inputs
from gpuplane.simulation.wire_values import revealed

GKE_CLUSTER = "gcp:container/cluster:Cluster"
EKS_CLUSTER = "aws:eks/cluster:Cluster"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

_CLUSTER_OF = {"gcp:container/nodePool:NodePool": GKE_CLUSTER, "aws:eks/nodeGroup:NodeGroup": EKS_CLUSTER}

_CLUSTER_ID = re.compile(r"projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+)/clusters/(?P<cluster>[^/]+)")


class SimulatedCloud:
    """GKE, EKS and the services around them, in this process and without an account. Thread-safe.

    A resource type without a table is checked against the SDK and reads back as its inputs.

    Attributes:
        catalogue: The machine types and accelerators that the clouds offer.

    Example:
        >>> cloud = SimulatedCloud("127.0.0.1:6443", "Q0E=")
        >>> id, outputs = cloud.create("aws:iam/role:Role", "nodes", {"assumeRolePolicy": "{}", "name": "nodes"})
        >>> id, outputs["arn"]
        ('nodes', 'arn:aws:iam::123456789012:role/nodes')
    """

    def __init__(self, endpoint: str, ca_data: str, catalogue: Catalogue = BUILT_IN) -> None:
        """Create a cloud whose clusters all have the same control plane.

        Args:
            endpoint: Address of the control plane, `host:port`.
            ca_data: Its CA certificate as PEM in base64.
            catalogue: The machine types and accelerators that the clouds offer.
        """
        self.catalogue = catalogue
        self._settings = ProviderSettings(endpoint, ca_data)
        self._resources: dict[tuple[str, str], Resource] = {}
        self._lock = threading.RLock()

    def configure(self, package: str, settings: Mapping[str, Any]) -> None:
        """Use a provider's settings, such as `project` and `region`, as the defaults of its resources."""
        with self._lock:
            self._settings.configure(package, settings)

    def check(self, token: str, inputs: Mapping[str, Any]) -> list[Problem]:
        """Compare the inputs with the installed SDK's types; see `check_inputs`."""
        return check_inputs(token, inputs)

    def create(self, token: str, name: str, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Create a resource.

        Args:
            token: Its type.
            name: Its logical name; without a physical name in the inputs, one is generated from it.
            inputs: Its inputs in the provider's camelCase.

        Returns:
            Its id, and its outputs: the inputs and the computed properties.

        Raises:
            CloudRefusal: It does not fit the SDK's types, or the cloud refuses it.
        """
        subject = f'{token} "{name}"'
        problems = self.check(token, inputs)
        if problems:
            raise CloudRefusal(subject, problems)
        plain = revealed(inputs)
        with self._lock:
            made = self._fresh(token, name, plain)
            problems = refusals(self._request(made)) or list(self._taken(made))
            if problems:
                raise CloudRefusal(subject, problems)
            self._resources[token, made.id] = made
        return made.id, dict(made.outputs)

    def read(self, token: str, id: str) -> Resource | None:  # noqa: A002
        """Return the resource of that type and id; None if there is none."""
        with self._lock:
            return self._resources.get((token, id))

    def resources(self, token: str) -> list[Resource]:
        """Return all resources of a type, in order of creation."""
        with self._lock:
            return [found for (kind, _), found in self._resources.items() if kind == token]

    def diff(self, token: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
        """Compare old and new inputs, and tell which changes replace the resource."""
        return difference(token, old, new)

    def update(self, token: str, id: str, inputs: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002
        """Update a resource in place.

        Returns:
            Its new outputs.

        Raises:
            CloudRefusal: As for `create`, or the resource does not exist.
        """
        subject = f'{token} "{id}"'
        problems = self.check(token, inputs)
        with self._lock:
            old = self._resources.get((token, id))
            if old is None:
                raise CloudRefusal(subject, [Problem("", f"not found, got {id!r}")])
            new = self._made(token, old.logical_name, revealed(inputs), old.serial)
            problems = problems or refusals(self._request(new))
            if problems:
                raise CloudRefusal(subject, problems)
            changed = replace(new, id=id, outputs={**new.outputs, **_next_version(old, new)})
            self._resources[token, id] = changed
        return dict(changed.outputs)

    def delete(self, token: str, id: str) -> None:  # noqa: A002
        """Delete a resource, if it exists."""
        with self._lock:
            self._resources.pop((token, id), None)

    def launch_template(self, inputs: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the inputs of the launch template that a node group's inputs name; None without one."""
        wanted = {at(inputs, "launchTemplate.id"), at(inputs, "launchTemplate.name")} - {None}
        for found in self.resources(LAUNCH_TEMPLATE):
            if wanted & {found.id, found.name}:
                return found.inputs
        return None

    def invoke(self, token: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a provider function, such as `gcp:container/getCluster:getCluster`.

        Look-ups of clusters that the program did not create succeed: in the real cloud they exist.

        Raises:
            CloudRefusal: The function is not simulated.
        """
        found = tables.lookups().get(token)
        if found is None:
            close = nearest(token, tables.lookups(), 1)
            hint = f", nearest: {close[0]}" if close else ""
            raise CloudRefusal(token, [Problem("", f"not simulated{hint}")])
        plain = revealed(args)
        name = str(plain.get("name", ""))
        return tables.filled(found["result"], {**self._values(token, name, plain), **tables.made_up(token, name)})

    def _fresh(self, token: str, name: str, inputs: Mapping[str, Any]) -> Resource:
        """Create a resource whose generated id is not taken, for example by the resource that it replaces."""
        made = self._made(token, name, inputs, 0)
        while (token, made.id) in self._resources and not name_property(token):
            other = self._made(token, name, inputs, made.serial + 1)
            if other.id == made.id:
                return made
            made = other
        return made

    def _made(self, token: str, name: str, inputs: Mapping[str, Any], serial: int) -> Resource:
        kind = tables.kinds().get(token)
        if kind is None:
            digits = tables.made_up(token, name, str(serial))["hex17"][:HASH_LENGTH]
            return Resource(token, f"{name}-{digits}", name, name, inputs, _visible(inputs), serial)
        with_name = named(token, name, inputs, {})
        physical = str(with_name.get(kind.name_property, name))
        values = {**self._values(token, physical, with_name), **tables.made_up(token, physical, str(serial))}
        outputs = merge(tables.filled(kind.outputs, values), _visible(with_name))
        return Resource(token, tables.filled(kind.id, values), physical, name, inputs, outputs, serial)

    def _values(self, token: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        own = plain_texts(inputs)
        return self._settings.values(token, name, inputs, self._of_cluster(own) if "cluster" in own else {})

    def _of_cluster(self, own: Mapping[str, str]) -> dict[str, str]:
        """Return project and location of a pool, which are its cluster's. A full cluster id takes precedence over the
        inputs.
        """
        match = _CLUSTER_ID.fullmatch(own["cluster"])
        if match:
            return match.groupdict()
        found = next((known for known in self.resources(GKE_CLUSTER) if known.name == own["cluster"]), None)
        of_it = {key: str(found.outputs[key]) for key in ("project", "location")} if found else {}
        return {**of_it, **{key: own[key] for key in ("project", "location") if key in own}}

    def _request(self, resource: Resource) -> Request:
        clusters = [found.name for found in self.resources(_CLUSTER_OF.get(resource.token, ""))]
        values = self._values(resource.token, resource.name, resource.inputs)
        return Request(
            token=resource.token,
            name=resource.name,
            inputs=resource.inputs,
            clusters=clusters,
            launch_template=self.launch_template(resource.inputs),
            location=str(values["location"]),
            project=str(values["project"]),
            catalogue=self.catalogue,
        )

    def _taken(self, resource: Resource) -> Iterable[Problem]:
        if name_property(resource.token) and (resource.token, resource.id) in self._resources:
            yield Problem(
                name_property(resource.token),
                f"resource - {resource.id} - already exists, fix: another name, or delete the old one first",
            )


def _visible(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in inputs.items() if not key.startswith("__")}


def _next_version(old: Resource, new: Resource) -> dict[str, Any]:
    if old.token != LAUNCH_TEMPLATE:
        return {}
    latest = int(old.outputs["latestVersion"]) + 1
    moves = new.inputs.get("updateDefaultVersion") in (True, "true")
    return {"latestVersion": latest, "defaultVersion": latest if moves else old.outputs["defaultVersion"]}
