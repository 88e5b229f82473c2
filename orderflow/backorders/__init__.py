"""Units customers wait for: who gets what came, and what a customer who waits may choose."""
