"""What the providers' SDKs say of inputs."""
