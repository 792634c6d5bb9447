"""The policy, as a table: every rule there is, in the order in which they are asked.

docs/reference/rules.md is made from it. The first rule that refuses decides, so what is said earlier in a
session of SMTP, and what costs less to find out, comes first. A file for each subject; of these only the two
about mail depend on their order.
"""

from __future__ import annotations

from typing import Final

from ..policy import Policy
from .access import ACCESS
from .amounts import AMOUNTS
from .people import PEOPLE
from .things import THINGS

__all__ = ["DEFAULT_POLICY"]

DEFAULT_POLICY: Final = Policy((*PEOPLE, *AMOUNTS, *ACCESS, *THINGS))
"""What applies where a site says nothing else."""
