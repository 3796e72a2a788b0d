"""What watches over model servers: scrape targets, alert rules, dashboards, and the metrics autoscalers read."""
