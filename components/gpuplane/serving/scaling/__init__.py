"""Autoscaling of a model server, by a HorizontalPodAutoscaler or by KEDA."""
