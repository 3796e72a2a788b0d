"""Parts that model servers and training jobs share: compute, GPUs, variables, pod security."""
