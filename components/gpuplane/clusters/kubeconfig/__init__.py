"""Clusters that a kubeconfig names."""
