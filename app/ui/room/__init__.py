"""What a room's page is made of."""
