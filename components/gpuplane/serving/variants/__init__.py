"""Variants of a model: several versions that serve at once, each with its part of the traffic."""
