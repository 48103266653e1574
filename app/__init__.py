"""Traderoom: two people agree on a trade, live, before the clock runs out. The README has the map."""
