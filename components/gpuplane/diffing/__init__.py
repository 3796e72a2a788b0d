"""The effect of a change on each stack, written for a reviewer."""
