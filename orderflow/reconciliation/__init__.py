"""Books of others beside ours: what a difference means and what is to be done about it."""
