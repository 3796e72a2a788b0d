"""Who may read a model's bucket: the one service account of the server, and nothing else by it."""
