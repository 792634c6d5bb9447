"""Counts of what was sent, kept where the site wants them."""

from __future__ import annotations

from .protocol import Counters

__all__ = ["Counters"]
