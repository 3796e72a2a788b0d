"""GKE ComputeClasses: a chain of ways to get the same GPU, tried in order."""
