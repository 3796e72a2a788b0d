"""GKE clusters."""
