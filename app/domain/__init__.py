"""The rules of a trade, pure: values in, values out, no clock, no database, standard library only."""
