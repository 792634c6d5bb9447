"""A real Exim, which asks for each recipient by `readsocket`: what `exim -bh` says to a session of SMTP.

    with Exim("inet:127.0.0.1:10031") as exim:
        exim.said("192.0.2.1", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>")

It is not installed, for it would take the place of another mail server: `.ci/packages` unpacks it below the
virtual environment. It runs as root, with a user of its own in a namespace of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from tests.needed import needed

UNPACKED: Final = Path(sys.prefix) / "exim"
USER: Final = "Debian-exim"
NUMBER: Final = 59_999
SECONDS: Final = 30.0

REQUEST: Final = (
    "request=smtpd_access_policy",
    "protocol_name=ESMTP",
    "client_address=$sender_host_address",
    "helo_name=$sender_helo_name",
    "sender=$sender_address",
    "sasl_username=$authenticated_id",
    "instance=$acl_m_instance",
)
AT_RCPT: Final = ("protocol_state=RCPT", "recipient=$local_part@$domain")
AT_END: Final = (
    "protocol_state=END-OF-MESSAGE",
    "recipient=${if ={$recipients_count}{1}{$recipients}}",
    "recipient_count=$recipients_count",
    "size=$message_size",
)

CONFIGURATION: Final = """
spool_directory = {directory}/spool
log_file_path = {directory}/log-%s
primary_hostname = mx.test.example
keep_environment =
host_lookup =
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
acl_smtp_data = end
begin acl
mail:
  accept set acl_m_instance = $pid.$tod_epoch
rcpt:
  warn set acl_m_reply = {at_rcpt}
  accept acl = heed
end:
  warn set acl_m_reply = {at_end}
  accept acl = heed
heed:
  warn set acl_m_text = ${{sg{{$acl_m_reply}}{{^action=[A-Z_]* ?}}{{}}}}
  deny condition = ${{if match{{$acl_m_reply}}{{^action=(?i:REJECT|5[0-9][0-9]) }}}}
       message = $acl_m_text
  defer condition = ${{if match{{$acl_m_reply}}{{^action=(?i:DEFER[A-Z_]*|4[0-9][0-9]) }}}}
       message = $acl_m_text
  defer condition = ${{if !match{{$acl_m_reply}}{{^action=(?i:DUNNO)}}}}
       message = no answer
  accept
"""


def require() -> None:
    """Skip the calling test where Exim cannot be run; on CI that is a failure."""
    reason = None
    if not (UNPACKED / "usr/sbin/exim4").exists():
        reason = "Exim is not unpacked"
    elif os.geteuid() != 0:
        reason = "only root can start Exim"
    elif not shutil.which("unshare"):
        reason = "unshare is not installed"
    needed(reason)


def readsocket(where: str, said: Sequence[str] = AT_RCPT, options: str = "5s") -> str:
    """The expansion that asks. The end of a line becomes a space, so that the answer is one line."""
    request = r"\n".join((*REQUEST, *said, "", ""))
    return f"${{readsocket{{{where}}}{{{request}}}{{{options}}}{{ }}{{action=DEFER nobody answers}}}}"


class Exim:
    """An Exim that asks at one address, for each recipient and at the end of the message."""

    def __init__(self, where: str, options: str = "5s") -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="exim-"))
        self.directory.chmod(0o755)
        (self.directory / "spool").mkdir()
        os.chown(self.directory / "spool", NUMBER, NUMBER)
        self._configuration = self.directory / "exim.conf"
        self._configuration.write_text(
            CONFIGURATION.format(
                directory=self.directory,
                at_rcpt=readsocket(where, AT_RCPT, options),
                at_end=readsocket(where, AT_END, options),
            )
        )
        for name, line in (
            ("passwd", f"{USER}:x:{NUMBER}:{NUMBER}::/:/bin/false"),
            ("group", f"{USER}:x:{NUMBER}:"),
        ):
            (self.directory / name).write_text(f"{Path('/etc', name).read_text()}{line}\n")

    def run(self, *arguments: str, typed: str = "") -> str:
        """What Exim says on its standard output."""
        mounts = " && ".join(
            f"mount --bind {self.directory / name} /etc/{name}" for name in ("passwd", "group")
        )
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", f'{mounts} && exec "$@"', "sh", *self._command, *arguments],
            input=typed.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": self._libraries()},
        )
        self.complaints = done.stderr.decode(errors="replace")
        return done.stdout.decode(errors="replace")

    @property
    def _command(self) -> tuple[str, ...]:
        return str(UNPACKED / "usr/sbin/exim4"), "-C", str(self._configuration)

    def _libraries(self) -> str:
        return os.pathsep.join(str(each) for each in sorted((UNPACKED / "usr/lib").glob("*-linux-gnu*")))

    def said(self, client: str, *commands: str) -> list[str]:
        """The replies to commands of a client at some address, the greeting and the goodbye left out."""
        typed = "".join(f"{each}\r\n" for each in ("EHLO client.example", *commands, "QUIT"))
        lines = self.run("-bh", client, typed=typed).splitlines()
        replies = [line for line in lines if line[:3].isdigit() and line[3:4] == " "]
        assert len(replies) == len(commands) + 3, (lines, self.complaints)
        return replies[2:-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)
