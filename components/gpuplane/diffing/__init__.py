"""What a change does to each stack, as a reviewer wants to read it."""
