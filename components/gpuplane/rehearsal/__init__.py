"""The rehearsal: a stack's program against a real control plane, with clouds that are simulated."""
