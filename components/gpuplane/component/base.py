"""The base of every component: its type, the names of its children, and patches for them."""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar, cast

import pulumi

from gpuplane.arguments.base import Args
from gpuplane.arguments.errors import InvalidArgumentsError, Problem, unknown
from gpuplane.arguments.inputs import MergePatch
from gpuplane.component.section import Section
from gpuplane.plain.merge_patch import merge
from gpuplane.plain.nested import field

R = TypeVar("R", bound=pulumi.Resource)


class ComponentArgs(Args):
    """Arguments that every component takes beside its own."""

    transforms: dict[str, MergePatch] = {}
    """Patches for the component's children, keyed by child: JSON Merge Patch over the child's inputs, with keys as
    the provider's schema spells them (camelCase). For changes that a merge patch cannot express, use Pulumi's own
    `transforms` option."""


class Component(pulumi.ComponentResource):
    """A component resource whose children are named after it and can be patched by its `transforms`.

    Attributes:
        SECTION: The section of a stack's config that it is made from; None where there is none. Every component of
            gpuplane says it.
        CHILDREN: The children that `transforms` may name. Part of the public interface, as are their types.
    """

    SECTION: ClassVar[Section | None]
    CHILDREN: ClassVar[tuple[str, ...]] = ()

    def __init__(self, name: str, args: ComponentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        kind = type(self).__name__
        strangers = [child for child in args.transforms if child not in self.CHILDREN]
        if strangers:
            raise InvalidArgumentsError(
                f'{kind} "{name}"',
                [Problem(f"transforms.{child}", unknown("child", child, self.CHILDREN)) for child in strangers],
            )
        super().__init__(f"gpuplane:index:{kind}", name, None, opts)
        self.name = name
        self._transforms = args.transforms
        self._names: dict[pulumi.Resource, str] = {}
        # Pulumi records what a component depends on, but its children do not wait for it.
        self._after = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None)

    def make(
        self,
        kind: Callable[..., R],
        child: str,
        inputs: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
        suffix: str | None = None,
    ) -> R:
        """Create one child from inputs in the provider's camelCase, patched by the transforms named `child`.

        Args:
            kind: The resource's class.
            child: Its key in `CHILDREN`; with the component's name in front, its logical name.
            inputs: Inputs that the component decided on.
            opts: Options in addition to the parent.
            suffix: Set where one key stands for several children: the end of the logical name instead of `child`.
        """
        patched: Mapping[str, Any] = _without_empty_metadata(merge(inputs, self._transforms.get(child, {})))
        made = kind(
            f"{self.name}-{suffix or child}",
            opts=pulumi.ResourceOptions.merge(self._after, opts),
            **{snake_case(key): value for key, value in patched.items()},
        )
        name = field(patched, "metadata.name")
        if isinstance(name, str):
            self._names[made] = name
        return made

    def name_of(self, made: pulumi.Resource) -> pulumi.Output[str]:
        """Return the name of a Kubernetes object that this component created, for resources that refer to it.

        A name set in the inputs is known in a preview too. The provider's output is not while there is no cluster, and
        a preview could then not show the namespace of anything.
        """
        name = self._names.get(made)
        if name is None:
            return pulumi.Output.from_input(cast(Any, made).metadata.name)
        return made.urn.apply(lambda _: name)


def _without_empty_metadata(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Drop empty labels and annotations: the API server keeps none, so each `up` would add them again."""
    metadata = inputs.get("metadata")
    if not isinstance(metadata, Mapping):
        return inputs
    known = cast(Mapping[str, Any], metadata)
    kept = {key: value for key, value in known.items() if key not in ("labels", "annotations") or value != {}}
    return {**inputs, "metadata": kept}


def snake_case(key: str) -> str:
    """Return the Python name of an input, as the SDKs spell it.

    Example:
        >>> snake_case("clusterIpv4CidrBlock")
        'cluster_ipv4_cidr_block'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()
