"""Faults, done for real: what breaks, and what comes back by itself."""
