"""What accounting programs share: invoices line by line, laid out in columns a shop may choose."""
