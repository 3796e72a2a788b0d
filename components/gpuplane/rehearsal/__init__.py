"""The rehearsal: a stack's program run against a real control plane and simulated clouds."""
