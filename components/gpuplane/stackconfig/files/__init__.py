"""Reading and writing stack files."""
