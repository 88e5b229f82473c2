"""Everything of one installation on one machine, supervised: Prefect server, worker, receiver."""
