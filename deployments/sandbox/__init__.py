"""Local stand-ins of the outside services, one file each, with books of their own."""
