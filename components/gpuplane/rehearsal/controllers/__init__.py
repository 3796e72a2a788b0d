"""What runs beside a real cluster's control plane, done here instead: autoscalers, device plugins, provisioners."""
