"""How much the product's sourcing costs beside its peers and beside what a clairvoyant would have paid."""
