"""The Pulumi program: stack config in, components out."""
