"""What a stack makes, as files."""
