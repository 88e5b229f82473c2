"""What the messages say, as values: whoever sends them adds a recipient and a layout, never a fact."""
