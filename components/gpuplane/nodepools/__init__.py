"""GPU node pools, and the facts about them that workloads need."""
