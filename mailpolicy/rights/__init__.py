"""Who may act on what, and who may write to a list."""
