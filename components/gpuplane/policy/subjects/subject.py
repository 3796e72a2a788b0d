"""A resource as policy rules see it, whether it comes from a rendered program or from the engine."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from gpuplane.kubernetes.manifests import is_object
from gpuplane.plain.nested import field
from gpuplane.plain.paths import is_within

UNKNOWN = "<unknown>"
"""A value that is known only after `up`. Rules accept it."""

_TEMPLATES = {
    "Pod": "spec",
    "Deployment": "spec.template.spec",
    "StatefulSet": "spec.template.spec",
    "DaemonSet": "spec.template.spec",
    "ReplicaSet": "spec.template.spec",
    "Job": "spec.template.spec",
    "CronJob": "spec.jobTemplate.spec.template.spec",
}


class Registered(Protocol):
    """A resource as the program registers it."""

    @property
    def urn(self) -> str: ...  # noqa: D102

    @property
    def type(self) -> str: ...  # noqa: D102

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def custom(self) -> bool: ...  # noqa: D102

    @property
    def inputs(self) -> Mapping[str, Any]: ...  # noqa: D102

    @property
    def secrets(self) -> Iterable[str]: ...  # noqa: D102

    @property
    def provider(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class Container:
    """One container of a pod.

    Attributes:
        path: Its property path in the object.
        body: The container.
        pod: Spec of the pod.
        is_init: Whether it is an init container.
    """

    path: str
    body: Mapping[str, Any]
    pod: Mapping[str, Any]
    is_init: bool

    @property
    def gpus(self) -> Mapping[str, Any]:
        """GPU limits by resource name."""
        limits: Mapping[str, Any] = field(self.body, "resources.limits", {})
        return {name: amount for name, amount in limits.items() if name.startswith("nvidia.com/")}


@dataclass(frozen=True)
class Subject:
    """One resource.

    Attributes:
        urn: Its URN.
        type: Its Pulumi type, such as `kubernetes:apps/v1:Deployment`.
        name: Its logical name.
        body: The Kubernetes object, or the inputs of anything else.
        secrets: Property paths that are secret.
        has_provider: Whether its provider is an explicit one.
    """

    urn: str
    type: str
    name: str
    body: Mapping[str, Any]
    secrets: frozenset[str] = frozenset()
    has_provider: bool = True

    @property
    def kind(self) -> str:
        """Kind: the last part of the type."""
        return self.type.rpartition(":")[2]

    @property
    def is_kubernetes(self) -> bool:
        """Whether it is a single Kubernetes object."""
        return is_object(self.type)

    @property
    def namespace(self) -> str:
        """Namespace, empty if there is none."""
        return str(field(self.body, "metadata.namespace", ""))

    def may_be_beside(self, other: "Subject") -> bool:
        """Return whether both are, or may turn out to be, in the same namespace."""
        return self.namespace == other.namespace or UNKNOWN in (self.namespace, other.namespace)

    @property
    def label(self) -> str:
        """Kind, namespace and name. An auto-named object has its logical name."""
        if not self.is_kubernetes:
            return f"{self.kind} {self.name}"
        name = str(field(self.body, "metadata.name", self.name))
        # An auto-generated name changes with the content; exceptions need a stable one.
        name = self.name if name.startswith(f"{self.name}-") else name
        return f"{self.kind} {self.namespace}/{name}" if self.namespace else f"{self.kind} {name}"

    @property
    def annotations(self) -> Mapping[str, Any]:
        """Annotations, empty for what is not a Kubernetes object."""
        return field(self.body, "metadata.annotations", {}) if self.is_kubernetes else {}

    @property
    def pod_path(self) -> str:
        """Property path of the pod spec, empty if it has no pods."""
        return _TEMPLATES.get(self.kind, "") if self.is_kubernetes else ""

    @property
    def pod(self) -> Mapping[str, Any] | None:
        """Pod spec, None if it has no pods."""
        spec = field(self.body, self.pod_path) if self.pod_path else None
        return cast(Mapping[str, Any], spec) if isinstance(spec, Mapping) else None

    @property
    def pod_labels(self) -> Mapping[str, Any]:
        """Labels of the pods."""
        path = self.pod_path.removesuffix("spec") + "metadata.labels"
        return field(self.body, path, {})

    def containers(self, with_init: bool = True) -> Iterator[Container]:
        """Yield the containers of the pods."""
        pod = self.pod
        if pod is None:
            return
        for key in ("containers", "initContainers") if with_init else ("containers",):
            for index, body in enumerate(maps(pod.get(key))):
                yield Container(f"{self.pod_path}.{key}[{index}]", body, pod, key == "initContainers")

    def is_secret(self, path: str) -> bool:
        """Return whether the value at the path is secret, or inside a secret one."""
        return any(is_within(path, one) for one in self.secrets)

    def shown(self, path: str, value: Any) -> str:
        """Return the value for a message, without secrets."""
        return "a secret" if self.is_secret(path) else repr(value)


def subjects(resources: Iterable[Registered], objects: Mapping[str, Mapping[str, Any]]) -> list[Subject]:
    """Return the subjects of a program's resources, sorted by URN.

    Args:
        resources: The resources and components.
        objects: Kubernetes objects by URN as sent to the API server. Default: the resource's inputs.
    """
    return [
        Subject(
            urn=one.urn,
            type=one.type,
            name=one.name,
            body=objects.get(one.urn, one.inputs),
            secrets=frozenset(one.secrets),
            has_provider=bool(one.provider),
        )
        for one in sorted(resources, key=lambda one: one.urn)
        if one.custom and not one.type.startswith("pulumi:")
    ]


def maps(value: Any) -> list[Mapping[str, Any]]:
    """Return the maps in a list, none if the list is missing or unknown."""
    if not isinstance(value, list):
        return []
    return [cast(Mapping[str, Any], item) for item in cast(list[Any], value) if isinstance(item, Mapping)]


def selects(selector: Any, labels: Mapping[str, Any]) -> bool:
    """Return whether a label selector's `matchLabels` selects these labels; an empty one selects all."""
    wanted: Mapping[str, Any] = field(selector, "matchLabels", {})
    return wanted.items() <= labels.items()
