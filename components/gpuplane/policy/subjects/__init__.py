"""What the rules are asked of."""
