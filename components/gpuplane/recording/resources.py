"""What a program registered, and how its run ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class RecordedResource:
    """One resource as the program registered it.

    Attributes:
        urn: Its URN.
        type: Its type, such as `kubernetes:apps/v1:Deployment`.
        name: Its logical name.
        custom: Whether a provider makes it; a component is not custom.
        remote: Whether it is a component that a provider makes.
        inputs: Its inputs, plain and in the provider's camelCase; what is not known yet is `UNKNOWN`.
        secrets: Property paths of the inputs that are secret.
        parent: URN of its parent; empty for what has none but the stack.
        provider: URN of its explicit provider; empty without one.
        providers: URNs of the providers a component passes on, by package.
        dependencies: URNs of what it comes after.
        property_dependencies: URNs behind each input.
        protect: Whether it may not be deleted.
        retain_on_delete: Whether deleting it only forgets it.
        delete_before_replace: Whether a replacement comes after it is gone.
        deleted_with: URN of what takes it along; empty without.
        ignore_changes: Inputs that may drift.
        replace_on_changes: Inputs whose change replaces it.
        additional_secret_outputs: Outputs that are secret.
        aliases: URNs and partial identities it was known by.
        custom_timeouts: Durations such as `10m` by operation.
        read_id: Set where it is not made but read: the id it has.
    """

    urn: str
    type: str
    name: str
    custom: bool
    inputs: Mapping[str, Any]
    secrets: frozenset[str] = frozenset()
    remote: bool = False
    parent: str = ""
    provider: str = ""
    providers: Mapping[str, str] = field(default_factory=dict[str, str])
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    protect: bool = False
    retain_on_delete: bool = False
    delete_before_replace: bool = False
    deleted_with: str = ""
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    custom_timeouts: Mapping[str, str] = field(default_factory=dict[str, str])
    read_id: str = ""

    @property
    def package(self) -> str:
        """The package of its type, such as `kubernetes`."""
        return self.type.partition(":")[0]


class Responder(Protocol):
    """Stands for the providers while a program runs. Both are called in threads, several at a time."""

    def create(self, resource: RecordedResource) -> tuple[str, Mapping[str, Any]]:
        """Create a resource and return its id and outputs; an exception is the resource's failure."""
        ...

    def call(self, token: str, args: Mapping[str, Any], provider: str) -> Mapping[str, Any]:
        """Return the result of a provider function; `provider` is the URN of the explicit provider, or empty."""
        ...


@dataclass(frozen=True)
class Failure:
    """Something that went wrong.

    Attributes:
        type: Type of the resource or token of the function; `program` for the program itself.
        name: Logical name of the resource; empty for anything else.
        error: What was raised.
    """

    type: str
    name: str
    error: BaseException


@dataclass
class Recording:
    """What a run left behind.

    Attributes:
        resources: What the program registered, in that order.
        outputs: Outputs of each resource by URN: a component's are those it registered.
        ids: Ids of custom resources by URN.
        exports: The stack's outputs.
        secret_exports: Names of those that are secret.
        failures: What went wrong.
        skipped: URNs of the resources that were not made because something they depend on was not.
        log: What the program logged, as pairs of severity and message.
    """

    resources: list[RecordedResource] = field(default_factory=list[RecordedResource])
    outputs: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    ids: dict[str, str] = field(default_factory=dict[str, str])
    exports: Mapping[str, Any] = field(default_factory=dict[str, Any])
    secret_exports: frozenset[str] = frozenset()
    failures: list[Failure] = field(default_factory=list[Failure])
    skipped: list[str] = field(default_factory=list[str])
    log: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
