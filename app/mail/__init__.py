"""E-mail: what a mail says, and who takes it."""
