"""GKE GPU node pools: their arguments, rules, provider inputs and facts, and the component."""
