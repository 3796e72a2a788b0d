"""Karpenter's controller: arguments, its rights in AWS, the events it reads, its Helm releases, and the component."""
