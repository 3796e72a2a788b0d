"""Checks of what `pulumi up` and a rehearsal need, each with the command that fixes it."""
