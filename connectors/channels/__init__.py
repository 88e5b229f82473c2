"""Sales channels: where orders come from and availability goes to."""
