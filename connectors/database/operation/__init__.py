"""What the people who run OrderFlow want to know: who is alive, what is due, what is open, how many."""
