"""What every argument model is made of."""
