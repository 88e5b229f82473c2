"""Parcels, zones and rates: what shipping costs and how long it takes."""
