"""The gateway that routes share."""
