"""A model's route through the gateway."""
