"""A real Kubernetes control plane on this machine: it starts, answers, and always ends."""
