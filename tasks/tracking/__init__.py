"""Tracking: carriers are asked or tell where parcels are; orders arrive, delays are told, each once."""
