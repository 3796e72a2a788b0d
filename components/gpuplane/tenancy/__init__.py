"""Namespaces that one team works in, with what it may use."""
