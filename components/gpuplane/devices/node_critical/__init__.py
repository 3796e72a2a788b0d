"""The parts of every component whose pods run on all GPU nodes: a namespace of its own, its quota, and DaemonSets."""
