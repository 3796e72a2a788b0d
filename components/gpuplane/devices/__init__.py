"""What makes the GPUs of a node known to Kubernetes."""
