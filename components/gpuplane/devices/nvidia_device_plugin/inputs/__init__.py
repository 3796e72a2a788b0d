"""The inputs of NVIDIA's device plugin: its config files, and the DaemonSets that read them."""
