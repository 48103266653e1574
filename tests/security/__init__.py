"""A hostile client against the real server: nothing it sends changes or shows what is not its own."""
