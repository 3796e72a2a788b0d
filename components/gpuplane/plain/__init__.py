"""Reading and merging nested plain values."""
