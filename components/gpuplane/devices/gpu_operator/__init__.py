"""NVIDIA's GPU operator as a Helm release: arguments, the values they decide, and the component that creates it."""
