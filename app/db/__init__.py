"""Durable truth: PostgreSQL, and the only code that knows it."""
