"""A resource of a simulated cloud, and the error for one that it refuses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gpuplane.arguments.errors import Problem
from gpuplane.recording.errors import Refusal


class CloudRefusal(Refusal):
    """A request that the cloud would refuse.

    Attributes:
        subject: The refused resource, such as `aws:iam/role:Role "nodes"`.
        problems: The problems, each with its property and fix; the exception's message has a line for each.
    """

    source = "cloud"

    def __init__(self, subject: str, problems: Iterable[Problem]) -> None:
        self.subject = subject
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))

    @property
    def reasons(self) -> list[str]:
        """The problems, each with its property and fix."""
        return [str(problem) for problem in self.problems]


@dataclass(frozen=True)
class Resource:
    """A resource of the cloud.

    Attributes:
        token: Its type.
        id: Its id in the provider's form.
        name: Its physical name, or its logical name if the type has none.
        logical_name: Its name in the program.
        inputs: Its inputs, secrets revealed.
        outputs: Its outputs.
        serial: Number of resources with the same generated id when it was created.
    """

    token: str
    id: str
    name: str
    logical_name: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    serial: int = 0
