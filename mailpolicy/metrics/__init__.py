"""Figures for Prometheus: what was decided, by which rule, how fast, and how fresh the directory is.

`Metrics` needs prometheus_client, the extra `metrics`; the table of the figures does not.
"""

from __future__ import annotations

from .figures import FIGURES, Figure

__all__ = ["FIGURES", "Figure"]
