"""Import of Kustomize overlays and Helm values as a base and overlays, with a note for what has no argument."""
