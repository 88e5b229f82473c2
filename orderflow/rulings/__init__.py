"""What people have ruled about an order: approved, sent from elsewhere, refused by a location; and who may."""

from orderflow.rulings.ruling import Override, Rejection, Rulings

__all__ = ["Override", "Rejection", "Rulings"]
