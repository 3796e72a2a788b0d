"""The base of every component."""
