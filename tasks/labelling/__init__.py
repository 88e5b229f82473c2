"""Labels: what needs one, saved when it is bought, kept, and voided where an order is cancelled."""
