"""The Gateway that routes share."""
