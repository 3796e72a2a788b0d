"""How many replicas a model server has, and what they are left to: a HorizontalPodAutoscaler, or KEDA."""
