"""What is asked of directories that must all have the same answers."""

from __future__ import annotations

from . import (
    of_lists as of_lists,
    of_objects as of_objects,
    of_rights as of_rights,
    of_the_whole as of_the_whole,
)
from .table import QUESTIONS, InOrder, Question, Refused, sorted_too

__all__ = ["QUESTIONS", "InOrder", "Question", "Refused", "sorted_too"]
