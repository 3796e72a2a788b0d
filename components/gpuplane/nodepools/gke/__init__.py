"""GPU node pools of GKE: arguments, what they decide, and the component that creates it."""
