"""One cloud, simulated: resources are checked, refused or made, remembered, and read back."""

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gpuplane.errors import Problem, nearest
from gpuplane.merge_patch import merge
from gpuplane.rehearsal.clouds import tables
from gpuplane.rehearsal.clouds.difference import Difference, difference
from gpuplane.rehearsal.clouds.inputs import check_inputs
from gpuplane.rehearsal.clouds.markers import is_opaque, revealed
from gpuplane.rehearsal.clouds.places import region_of
from gpuplane.rehearsal.clouds.refusals import refusals
from gpuplane.rehearsal.clouds.requests import Request, at

GKE_CLUSTER = "gcp:container/cluster:Cluster"
EKS_CLUSTER = "aws:eks/cluster:Cluster"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

_CLUSTER_OF = {"gcp:container/nodePool:NodePool": GKE_CLUSTER, "aws:eks/nodeGroup:NodeGroup": EKS_CLUSTER}

# What the real clouds would say of themselves; a provider's own settings override it.
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
_CLUSTER_ID = re.compile(r"projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+)/clusters/(?P<cluster>[^/]+)")
_NAME_HASH_LENGTH = 7

DEFAULTS = "__defaults"
"""The input where the real providers note which other inputs they made up."""


class CloudRefusal(Exception):  # noqa: N818
    """The cloud would refuse this.

    Attributes:
        subject: What it refuses, such as `aws:iam/role:Role "nodes"`.
        problems: Why, with the property and the fix; one line each is the exception's text.
    """

    def __init__(self, subject: str, problems: Iterable[Problem]) -> None:
        self.subject = subject
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Resource:
    """One resource of the cloud.

    Attributes:
        token: Its type.
        id: Its id in the provider's form.
        name: Its physical name; the logical one where the type has no names.
        logical_name: What the program calls it.
        inputs: What was asked for, secrets revealed.
        outputs: What it reads back as.
        serial: How many of the same made-up id were there when it was made.
    """

    token: str
    id: str
    name: str
    logical_name: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    serial: int = 0


class SimulatedCloud:
    """GKE, EKS and what goes with them, in this process and without an account. Safe for use by several threads.

    A resource type that has no table is checked against the SDK and reads back as its inputs.

    Example:
        >>> cloud = SimulatedCloud("127.0.0.1:6443", "Q0E=")
        >>> id, outputs = cloud.create("aws:iam/role:Role", "nodes", {"assumeRolePolicy": "{}", "name": "nodes"})
        >>> id, outputs["arn"]
        ('nodes', 'arn:aws:iam::123456789012:role/nodes')
    """

    def __init__(self, endpoint: str, ca_data: str) -> None:
        """A cloud whose clusters are all the one control plane.

        Args:
            endpoint: Address of the control plane, `host:port`.
            ca_data: Its CA certificate as PEM in base64.
        """
        self._facts = {**_DEFAULTS, "endpoint": endpoint, "ca_data": ca_data}
        self._configured: dict[str, Mapping[str, Any]] = {}
        self._resources: dict[tuple[str, str], Resource] = {}
        self._lock = threading.RLock()

    def configure(self, package: str, settings: Mapping[str, Any]) -> None:
        """Takes a provider's settings, such as `project` and `region`, as the defaults of its resources."""
        known = {key: value for key, value in revealed(settings).items() if isinstance(value, str)}
        with self._lock:
            self._configured[package] = {key: value for key, value in known.items() if not is_opaque(value)}

    def check(self, token: str, inputs: Mapping[str, Any]) -> list[Problem]:
        """What the installed SDK's types say is wrong with the inputs; see `check_inputs`."""
        return check_inputs(token, inputs)

    def create(self, token: str, name: str, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Makes a resource.

        Args:
            token: Its type.
            name: Its logical name; a physical one is made from it where the inputs have none.
            inputs: Its inputs in the provider's camelCase.

        Returns:
            Its id, and its outputs: the inputs and what the cloud computes.

        Raises:
            CloudRefusal: The SDK's types or the cloud itself do not take it.
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
        """The resource of that type and id; None when there is none."""
        with self._lock:
            return self._resources.get((token, id))

    def resources(self, token: str) -> list[Resource]:
        """All resources of a type, in the order they were made."""
        with self._lock:
            return [found for (kind, _), found in self._resources.items() if kind == token]

    def diff(self, token: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
        """What changed from old to new inputs, and what of it replaces the resource."""
        return difference(token, old, new)

    def update(self, token: str, id: str, inputs: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002
        """Changes a resource in place.

        Returns:
            Its new outputs.

        Raises:
            CloudRefusal: As for `create`; or there is no such resource.
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
        """Takes a resource away; one that is not there is no error."""
        with self._lock:
            self._resources.pop((token, id), None)

    def named(
        self, token: str, name: str, inputs: Mapping[str, Any], old: Mapping[str, Any], seed: bytes = b""
    ) -> dict[str, Any]:
        """The inputs with a physical name, as a provider's check gives them back; a made-up one is in `__defaults`.

        Args:
            token: The resource's type.
            name: Its logical name.
            inputs: Its inputs.
            old: Its inputs as they were, whose made-up name is kept; empty when it is new or replaced.
            seed: What the made-up digits are drawn from; by default type and name.
        """
        key = _name_property(token)
        if not key or inputs.get(key) is not None:
            return dict(inputs)
        kept = old[key] if key in old.get(DEFAULTS, ()) else _physical_name(token, name, inputs, seed)
        return {**inputs, key: kept, DEFAULTS: [key]}

    def has_fixed_name(self, token: str, inputs: Mapping[str, Any]) -> bool:
        """Whether the inputs have a physical name that was not made up: a successor cannot stand beside it."""
        key = _name_property(token)
        return bool(key) and inputs.get(key) is not None and key not in inputs.get(DEFAULTS, ())

    def launch_template(self, inputs: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The inputs of the launch template that a node group's inputs name; None without one."""
        wanted = {at(inputs, "launchTemplate.id"), at(inputs, "launchTemplate.name")} - {None}
        for found in self.resources(LAUNCH_TEMPLATE):
            if wanted & {found.id, found.name}:
                return found.inputs
        return None

    def invoke(self, token: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """Answers a provider function, such as `gcp:container/getCluster:getCluster`.

        A cluster that the program did not make is answered as well: in the real cloud it would be there.

        Raises:
            CloudRefusal: A function that is not simulated.
        """
        found = tables.lookups().get(token)
        if found is None:
            close = nearest(token, tables.lookups(), 1)
            hint = f", nearest: {close[0]}" if close else ""
            raise CloudRefusal(token, [Problem("", f"a function that is not simulated{hint}")])
        plain = revealed(args)
        name = str(plain.get("name", ""))
        return tables.filled(found["result"], {**self._values(token, name, plain), **tables.made_up(token, name)})

    def _fresh(self, token: str, name: str, inputs: Mapping[str, Any]) -> Resource:
        """A resource whose made-up id is no other's, such as its own successor's."""
        made = self._made(token, name, inputs, 0)
        while (token, made.id) in self._resources and not _name_property(token):
            other = self._made(token, name, inputs, made.serial + 1)
            if other.id == made.id:
                return made
            made = other
        return made

    def _made(self, token: str, name: str, inputs: Mapping[str, Any], serial: int) -> Resource:
        kind = tables.kinds().get(token)
        if kind is None:
            digits = tables.made_up(token, name, str(serial))["hex17"][:_NAME_HASH_LENGTH]
            return Resource(token, f"{name}-{digits}", name, name, inputs, _visible(inputs), serial)
        named = self.named(token, name, inputs, {})
        physical = str(named.get(kind.name_property, name))
        values = {**self._values(token, physical, named), **tables.made_up(token, physical, str(serial))}
        outputs = merge(tables.filled(kind.outputs, values), _visible(named))
        return Resource(token, tables.filled(kind.id, values), physical, name, inputs, outputs, serial)

    def _values(self, token: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        package = token.partition(":")[0]
        configured = self._configured.get(package, {})
        own = {key: value for key, value in inputs.items() if isinstance(value, str) and not is_opaque(value)}
        values = {**self._facts, "region": _REGIONS.get(package, ""), **configured, "name": name, **own}
        if "location" not in own:
            values["location"] = configured.get("region") or configured.get("zone") or values["location"]
        if "cluster" in own:
            values.update(self._of_cluster(own))
        if package == "gcp":
            values["region"] = region_of(str(values["location"]))
        return values

    def _of_cluster(self, own: Mapping[str, str]) -> dict[str, str]:
        """A pool is where its cluster is; the cluster may be given by its name or its full id, which then decides."""
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
        )

    def _taken(self, resource: Resource) -> Iterable[Problem]:
        if _name_property(resource.token) and (resource.token, resource.id) in self._resources:
            yield Problem(
                _name_property(resource.token),
                f"resource - {resource.id} - already exists, fix: another name, or delete the old one first",
            )


def _name_property(token: str) -> str:
    kind = tables.kinds().get(token)
    return kind.name_property if kind else ""


def _physical_name(token: str, name: str, inputs: Mapping[str, Any], seed: bytes = b"") -> str:
    """As Pulumi makes names: the logical name and seven random digits, which are always the same here."""
    prefix = inputs.get("namePrefix") or inputs.get("nodeGroupNamePrefix")
    digits = tables.made_up(token, name, seed.hex())["hex17"][:_NAME_HASH_LENGTH]
    return f"{prefix}{digits}" if isinstance(prefix, str) else f"{name}-{digits}"


def _visible(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in inputs.items() if not key.startswith("__")}


def _next_version(old: Resource, new: Resource) -> dict[str, Any]:
    if old.token != LAUNCH_TEMPLATE:
        return {}
    latest = int(old.outputs["latestVersion"]) + 1
    moves = new.inputs.get("updateDefaultVersion") in (True, "true")
    return {"latestVersion": latest, "defaultVersion": latest if moves else old.outputs["defaultVersion"]}
