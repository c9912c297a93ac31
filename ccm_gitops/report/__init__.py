"""Reports: models in, text out; one module a format."""
