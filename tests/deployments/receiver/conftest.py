"""A receiver of an installation of its own, with one Shopify shop that signs its webhooks."""

from receiver_server import installation, served

__all__ = ["installation", "served"]
