"""The GPU driver on GKE pools that GKE does not install it on: arguments, inputs, and the component."""
