"""Dovecot's delivery with a Sieve script before those of users: the folder where a message is filed.

    filed('require "fileinto"; fileinto "Junk";', b"Subject: anvils\\r\\n\\r\\nThree.\\r\\n")  # "Junk"

It needs no server, but root: it delivers as nobody.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from tests.needed import needed

DELIVER: Final = "/usr/lib/dovecot/dovecot-lda"
SECONDS: Final = 20.0

SETTINGS: Final = """
protocols =
base_dir = {directory}/run
log_path = {directory}/log
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
mail_home = {directory}
mail_location = maildir:{directory}/mail
lda_mailbox_autocreate = yes
postmaster_address = postmaster@acme.example
protocol lda {{
  mail_plugins = sieve
}}
plugin {{
  sieve_before = {directory}/before.sieve
}}
"""


def require() -> None:
    """Skip the calling test where nothing can be delivered so; on CI that is a failure."""
    reason = None
    if not shutil.which("sievec") or not Path(DELIVER).exists():
        reason = "Dovecot's Sieve is not installed"
    elif os.geteuid() != 0:
        reason = "only root can deliver as somebody else"
    needed(reason)


def filed(script: str, message: bytes) -> str:
    """The folder of one message, in a mailbox that was empty."""
    nobody = pwd.getpwnam("nobody")
    box = Path(tempfile.mkdtemp(prefix="sieve-"))
    (box / "before.sieve").write_text(script)
    (box / "conf").write_text(SETTINGS.format(directory=box, uid=nobody.pw_uid, gid=nobody.pw_gid))
    shutil.chown(box, nobody.pw_uid, nobody.pw_gid)
    try:
        done = subprocess.run(
            [DELIVER, "-c", box / "conf"],
            input=message,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={"HOME": str(box), "USER": "nobody"},
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=(),
        )
        assert done.returncode == 0, (done.stderr, (box / "log").read_text())
        [arrived] = (box / "mail").glob("**/new/*")
        folder = arrived.parents[1]
        return "INBOX" if folder.name == "mail" else folder.name.removeprefix(".")
    finally:
        shutil.rmtree(box)
