"""How fast a key may send, and whether there is room for more rows."""
