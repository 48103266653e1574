"""What many people, pools and processes do to the same trades at once."""
