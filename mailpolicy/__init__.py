"""What applies to this mailbox, why, and what should the mail server do?"""

from __future__ import annotations

__version__ = "0.1.0"
