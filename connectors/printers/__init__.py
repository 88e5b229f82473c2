"""Ways to reach printers: one module is one way, found by discovery."""
