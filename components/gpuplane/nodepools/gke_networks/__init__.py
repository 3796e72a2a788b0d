"""The Kubernetes objects of the networks that GKE nodes have beside the primary one."""
