"""Scrape target, alerts and dashboard of one model server."""
