"""Each patch against what it stands in for."""
