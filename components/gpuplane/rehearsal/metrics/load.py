"""How loaded the servers of the rehearsal are, as their autoscalers see it."""

REST = 0.05
PEAK = 100.0


class Load:
    """The load on all pods, as a factor over what an autoscaler aims at or a container asks for."""

    def __init__(self) -> None:
        self.factor = REST

    def raise_(self) -> None:
        """So much load that every autoscaler wants its most replicas."""
        self.factor = PEAK

    def lower(self) -> None:
        """So little load that every autoscaler wants its fewest replicas."""
        self.factor = REST
