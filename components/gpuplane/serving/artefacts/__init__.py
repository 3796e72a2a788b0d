"""A model's files: what its address says, how they get into the pod, and who may read them."""
