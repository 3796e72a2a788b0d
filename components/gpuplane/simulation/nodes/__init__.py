"""The nodes that a pool has."""
