"""Snapshots on disk, to start from faster than from their source, or without it."""
