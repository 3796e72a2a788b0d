"""The command line: render, rehearse."""
