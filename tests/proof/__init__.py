"""The chain and the receipts."""
