"""Whom lists name by address, and from somebody back to the lists that name her."""
