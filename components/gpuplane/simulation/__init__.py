"""Clouds that exist in this process only: they check, refuse, remember and answer as GKE and EKS would."""
