"""GPU node pools, and the facts that workloads need of them."""
