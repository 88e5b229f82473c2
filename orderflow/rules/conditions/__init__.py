"""What a rule may ask: one self-describing function per condition."""
