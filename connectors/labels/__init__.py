"""Label files: the ones we print ourselves, and the ones behind a seller's link."""
