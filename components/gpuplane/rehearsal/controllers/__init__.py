"""Stand-ins for the controllers of a real cluster and its cloud: autoscalers, device plugins, provisioners."""
