"""How calls travel: the one HTTP client, tokens, signatures, and addresses nobody may be led to."""
