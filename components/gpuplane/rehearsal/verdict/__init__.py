"""What a rehearsal has found, whose doing it is, and how people and machines read it."""
