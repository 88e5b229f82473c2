"""Labels: what needs one, at which rate, bought once, kept, and voided where an order is cancelled."""
