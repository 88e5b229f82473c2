"""Chaos: the whole product against misbehaving services, while its processes are killed; then everybody's books."""
