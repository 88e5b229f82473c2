"""Fulfilment partners: one module or package is one connector."""
