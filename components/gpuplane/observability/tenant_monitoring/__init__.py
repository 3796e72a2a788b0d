"""Alerts of one tenant."""
