"""Pure arithmetic of pods, nodes and quotas: whether workloads fit, at rest and at peak."""
