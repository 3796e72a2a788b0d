"""Refusals: errors of one resource, which say something about the stack and do not end the run."""

from collections.abc import Sequence


class Refusal(Exception):  # noqa: N818
    """A resource that was refused; the message is the words of who refused it.

    Attributes:
        source: Who refused it, such as `API server`.
    """

    source: str = ""

    @property
    def reasons(self) -> Sequence[str]:
        """Why, one text a reason."""
        return str(self).splitlines()


class DuplicateUrnError(Refusal):
    """Two resources of one program with the same URN."""

    source = "engine"

    def __init__(self, urn: str) -> None:
        super().__init__(f"duplicate resource, got a second {urn}, fix: give one of them another name")


class DefaultProviderError(Refusal):
    """A resource or function that would use a default provider where the stack's config disables it."""

    source = "engine"

    def __init__(self, package: str) -> None:
        super().__init__(
            f"must have an explicit {package} provider, since pulumi:disable-default-providers names {package}, "
            f"fix: pass one in opts.provider or by its parent"
        )


class UnsupportedTransformError(Refusal):
    """A transform that changes more than inputs."""

    source = "rehearsal"

    def __init__(self) -> None:
        super().__init__("a transform changed the options of a resource, which cannot be done in process")
