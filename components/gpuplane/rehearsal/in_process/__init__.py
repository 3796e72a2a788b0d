"""The rehearsal in this process: the program runs under Python, without the Pulumi CLI."""
