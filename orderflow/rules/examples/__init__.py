"""Golden examples: orders a rule's author imagined, with what the rules must make of them."""
