"""Which pools AWS's EFA device plugin is for."""

from gpuplane.nodepools.facts import EFA_PRESENT_LABEL, PoolFacts


def has_efa(pool: PoolFacts) -> bool:
    """Tell whether the plugin runs on the pool's nodes: they have EFA interfaces, or a label of the pool says so."""
    return pool.efa_interfaces > 0 or pool.labels.get(EFA_PRESENT_LABEL) == "true"
