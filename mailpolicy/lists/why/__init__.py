"""Why somebody is on a list or is not, and what in a filter can be true of nobody."""
