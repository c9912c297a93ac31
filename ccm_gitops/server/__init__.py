"""The REST API and the live dashboard: the same configuration, state and history, over HTTP."""
