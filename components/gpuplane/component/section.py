"""The section of a stack's config that a component is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Section:
    """The section of a stack's config that holds the arguments of a component.

    Attributes:
        path: Its property path, in which `{name}` is the component's name.
        node_arguments: What it calls the arguments of its nodes where GKE's pools call them otherwise.

    Example:
        >>> Section("pools.eks.{name}", {"zones": "subnetIds"}).key("t4", "maxNodes")
        'pools.eks.t4.maxNodes'
    """

    path: str
    node_arguments: Mapping[str, str] = field(default_factory=dict[str, str])

    def key(self, name: str, argument: str) -> str:
        """Return the config key of an argument.

        Args:
            name: The component's name.
            argument: The argument, as stack files spell it.
        """
        return f"{self.path.replace('{name}', name)}.{argument}"

    def node_argument(self, argument: str) -> str:
        """Return the argument's own name, given the one that GKE's pools have for it."""
        return self.node_arguments.get(argument, argument)
