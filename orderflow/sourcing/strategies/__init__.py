"""Ways to rank candidates; one module is one strategy."""
