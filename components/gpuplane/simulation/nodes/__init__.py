"""The nodes of simulated node pools."""
