"""The nested arguments of NVIDIA's device plugin."""
