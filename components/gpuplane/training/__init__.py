"""Training: Jobs that hold GPUs until they are done."""
