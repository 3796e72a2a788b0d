"""Resource inputs according to the providers' SDKs."""
