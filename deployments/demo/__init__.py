"""The demonstration: 300 orders through everything."""
