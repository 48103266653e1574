"""Live memory: what the open pages of this process are bound to. Everything here can be rebuilt from the database."""
