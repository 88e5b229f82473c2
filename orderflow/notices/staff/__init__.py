"""What our own people read."""
