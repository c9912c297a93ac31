"""A first configuration, and what starts the runner: cron, systemd, GitHub Actions."""
