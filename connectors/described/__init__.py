"""Services described by a JSON file: where in their answers a fact stands, and what they are sent."""
