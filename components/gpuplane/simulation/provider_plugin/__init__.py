"""Simulated clouds as Pulumi provider plugins."""
