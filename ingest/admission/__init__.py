"""Who may send how fast, and whether there is room."""
