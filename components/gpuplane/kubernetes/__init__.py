"""Kubernetes' grammar: names, images, quantities, manifests."""
