"""A model's Ingress."""
