"""Sweeps of the watch: what is looked at now and then, each when its time in the database has come."""
