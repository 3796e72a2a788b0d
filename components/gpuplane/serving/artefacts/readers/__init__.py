"""Read access to a model's bucket for the service account of one server."""
