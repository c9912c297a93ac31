"""ccm-gitops: keeps the context files of coding agents healthy, on schedule, through git."""

__version__ = "0.1.0"
