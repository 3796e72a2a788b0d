"""Kubernetes' own grammar: names, quantities, manifests."""
