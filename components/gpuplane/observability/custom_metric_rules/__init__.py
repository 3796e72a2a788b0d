"""Rules by which prometheus-adapter serves the metrics of runtimes to autoscalers."""
