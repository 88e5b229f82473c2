"""Every outside thing, our own database included."""
