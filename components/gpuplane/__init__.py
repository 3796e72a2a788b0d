"""GPU model serving on GKE and EKS as Pulumi components."""
