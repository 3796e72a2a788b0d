"""AWS's EFA device plugin: arguments, its DaemonSet, and the component."""
