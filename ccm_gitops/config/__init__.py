"""The configuration file: found, read with positions, validated, and turned into frozen models."""
