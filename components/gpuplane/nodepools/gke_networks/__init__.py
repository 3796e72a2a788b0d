"""The Kubernetes objects of the additional networks of GKE nodes."""
