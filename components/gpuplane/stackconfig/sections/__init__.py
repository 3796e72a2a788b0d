"""The sections of a stack's config."""
