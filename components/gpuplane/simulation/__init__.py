"""Clouds that live in this process: they check, refuse, store and return resources as GKE and EKS would."""
