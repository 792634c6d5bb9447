"""All figures, in the order of the page."""

from __future__ import annotations

from typing import Final

from bench.figure import Figure
from bench.figures import (
    arriving,
    changing,
    completing,
    deciding,
    expanding,
    filters,
    finding,
    forking,
    keeping,
    lists,
    loading,
    refreshing,
    relaying,
    resident,
    serving,
    settings,
    sweeping,
)

__all__ = ["FIGURES"]

FIGURES: Final[tuple[Figure, ...]] = (
    *loading.FIGURES,
    *resident.FIGURES,
    *finding.FIGURES,
    *settings.FIGURES,
    *filters.FIGURES,
    *changing.FIGURES,
    *sweeping.FIGURES,
    *expanding.FIGURES,
    *lists.FIGURES,
    *completing.FIGURES,
    *forking.FIGURES,
    *keeping.FIGURES,
    *refreshing.FIGURES,
    *arriving.FIGURES,
    *deciding.FIGURES,
    *serving.FIGURES,
    *relaying.FIGURES,
)
