"""Clusters, new or existing, each with an explicit Kubernetes provider."""
