"""A model's own load balancer."""
