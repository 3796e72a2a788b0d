"""Presets of model servers: image, ports, paths, flags and metrics, one data file each."""
