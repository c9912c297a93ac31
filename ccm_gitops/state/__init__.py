"""What is remembered between runs: a small state, and an append-only history beside it."""
