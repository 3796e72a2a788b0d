"""The cluster autoscaler, which adds and removes nodes of EKS node groups: arguments, objects, and the component."""
