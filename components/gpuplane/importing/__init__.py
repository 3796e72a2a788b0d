"""From Kustomize overlays or chart values to a base and overlays, and what of them could not be carried."""
