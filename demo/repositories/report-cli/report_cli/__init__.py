"""The monthly usage report."""
