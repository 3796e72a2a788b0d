"""What model servers and training jobs have in common."""
