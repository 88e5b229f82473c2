"""What a customer reads. Nothing here knows of stock levels or stock locations."""
