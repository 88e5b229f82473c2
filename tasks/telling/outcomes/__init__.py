"""What came of sending: how long to wait, what is written down, and how doubts end."""
