"""A real Kubernetes control plane on this machine: started, talked to, and ended whatever happens."""
