"""What is true of pages while their sockets are there, and when they go."""
