"""How calls travel: the one HTTP client, its tokens and the signatures of what comes in."""
