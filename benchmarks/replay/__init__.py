"""Whether recorded decisions are reproduced, and what their records cost."""
