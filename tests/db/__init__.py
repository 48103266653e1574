"""The ledger, its readers and its queue, on a real PostgreSQL."""
