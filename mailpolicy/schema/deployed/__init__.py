"""Directories of Carbonio and Zimbra servers: one code, two attribute tables."""

from __future__ import annotations

from .dialect import Deployed

__all__ = ["Deployed"]
