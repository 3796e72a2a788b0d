"""Observability of model servers and tenants: scrape targets, alerts, dashboards, and metrics for autoscalers."""
