"""Telling: who must hear of what, put into words when it is sent, sent once."""
