"""The load on the servers, as their autoscalers see it."""

REST = 0.05
PEAK = 100.0


class Load:
    """The load on all pods, as a factor of an autoscaler's target or of a container's requests."""

    def __init__(self) -> None:
        self.factor = REST

    def raise_(self) -> None:
        """Raise the load until every autoscaler wants its maximum."""
        self.factor = PEAK

    def lower(self) -> None:
        """Lower the load until every autoscaler wants its minimum."""
        self.factor = REST
