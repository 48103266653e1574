"""The parts a room is made of."""
