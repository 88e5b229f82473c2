"""Everything a person starts."""
