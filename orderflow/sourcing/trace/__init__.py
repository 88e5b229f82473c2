"""What a plan tells of itself: every candidate with its figures, why it lost, and the alternatives priced."""
