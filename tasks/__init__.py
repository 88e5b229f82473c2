"""One retryable step each: load, call the decision, save."""
