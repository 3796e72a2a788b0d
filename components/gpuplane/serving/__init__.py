"""Model servers: the pod, its probes, its autoscaler, its rollout."""
