"""How requests from outside reach a model server: Gateway API, the older Ingress, or a load balancer of its own."""
