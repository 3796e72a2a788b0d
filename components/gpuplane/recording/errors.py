"""What the engine refuses, refused here as well."""


class DuplicateUrnError(Exception):
    """Two resources of one program with the same URN."""

    def __init__(self, urn: str) -> None:
        super().__init__(f"duplicate resource, got a second {urn}, fix: give one of them another name")


class DefaultProviderError(Exception):
    """A resource or function that would use a default provider where the stack's config disables it."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"must have an explicit {package} provider, since pulumi:disable-default-providers names {package}, "
            f"fix: pass one in opts.provider or by its parent"
        )


class UnsupportedTransformError(Exception):
    """A transform that changes more than inputs."""

    def __init__(self) -> None:
        super().__init__("a transform changed the options of a resource, which cannot be done in process")
