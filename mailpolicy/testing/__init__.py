"""Directories to test and measure with."""
