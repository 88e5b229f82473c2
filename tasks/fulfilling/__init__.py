"""Fulfilling: shipments handed over to partners, followed, called off, and planned again where they are refused."""
