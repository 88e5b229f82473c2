"""Where the units of an order ship from: filter the candidates, score them, allocate, split, explain."""
