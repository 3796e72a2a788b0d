"""NVIDIA's device plugin: arguments, what they decide, and the component that creates it."""
