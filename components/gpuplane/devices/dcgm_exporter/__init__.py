"""NVIDIA's DCGM exporter: arguments, what they decide, and the component that creates it."""
