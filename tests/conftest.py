"""What every test may use. The folder's shared modules (values, databases, a shop floor) are imported by name."""
