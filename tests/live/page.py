"""A page for people who run a server, typed as it stands on a machine of its own.

The machine is a directory: `Machine.substitutions` is the one place that says what stands for what. What
is not there, packages and services, is played by the few lines of `PROGRAMS`.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import quote

from tests.ports import free_port
from tests.slapd import SEARCH_PATH

__all__ = ["Machine", "Step", "steps"]

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(sh|sh second|console server)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^## (.*)$", re.MULTILINE)
END = "\x1e"


class Step(NamedTuple):
    """Something to type, and what comes; None where the page does not say."""

    section: str
    line: int
    command: str
    output: str | None = None
    second: bool = False
    """Whether it is typed on the second server."""


def steps(page: Path) -> list[Step]:
    """What a page says to type: blocks marked `sh` as a whole, `console server` command by command."""
    text = page.read_text()
    found = []
    for block in BLOCK.finditer(text):
        kind, content = block.groups()
        section = HEADING.findall(text, 0, block.start())[-1]
        line = text.count("\n", 0, block.start()) + 2
        if kind != "console server":
            found.append(Step(section, line, content, second=kind.endswith("second")))
            continue
        for each in re.split(r"^(?=\$ )", content, flags=re.MULTILINE)[1:]:
            command, _, output = each.partition("\n")
            found.append(Step(section, line, command.removeprefix("$ "), output))
            line += each.count("\n")
    return found


PROGRAMS = {
    "apt-get": "exit 0",
    "chown": "exit 0",
    "mailpolicy": f'exec {sys.executable} -m mailpolicy "$@"',
    "systemctl": """
case $1 in
stop) test ! -e $ROOT/slapd || kill "$(cat $ROOT/slapd)"; rm -f $ROOT/slapd;;
start)
    . $ROOT/etc/default/slapd
    slapd -F $ROOT/etc/ldap/slapd.d -h "$SLAPD_SERVICES" -d 0 > $ROOT/log 2>&1 < /dev/null &
    echo $! > $ROOT/slapd
    for _ in $(seq 100)
    do
        ldapwhoami -Q -Y EXTERNAL -H "${SLAPD_SERVICES%% *}" > /dev/null 2>&1 && exit 0
        sleep 0.05
    done
    cat $ROOT/log
    exit 1;;
esac
""",
}
"""What packages bring along and what a machine does with services, here done in its directory."""


class Machine:
    """A directory that stands for the machine of a server, and a shell in it.

    `others` are the machines that it knows by their names; `also` says what else is different here.
    """

    def __init__(
        self,
        directory: Path,
        name: str,
        others: Iterable[Machine] = (),
        also: Mapping[str, str] | None = None,
    ) -> None:
        self.directory, self.name, self.also = directory, name, also or {}
        self.addresses: dict[str, str] = {}
        for scheme in ("ldap", "ldaps"):
            self.addresses[f"{scheme}://{name}"] = f"{scheme}://127.0.0.1:{free_port()}"
        self.socket = f"ldapi://{quote(str(directory / 'ldapi'), safe='')}"
        self.others = list(others)
        self._shell = self._prepared()

    @property
    def substitutions(self) -> Mapping[str, str]:
        """What is typed here for what the page says."""
        known = self.addresses.copy()
        for other in self.others:
            known |= other.addresses
            # Where the page fills in the name of a host after `ldaps://`.
            known[f"%other%|{other.name}"] = "%other%|" + other.addresses[f"ldaps://{other.name}"][8:]
        return known | {
            "ldapi:/// ldaps:/// ldap:///": " ".join(
                [self.socket, self.addresses[f"ldaps://{self.name}"], self.addresses[f"ldap://{self.name}"]]
            ),
            "ldapi:///": self.socket,
            f"DNS:{self.name}": f"DNS:{self.name},IP:127.0.0.1",
            **self.paths,
        }

    @property
    def paths(self) -> Mapping[str, str]:
        """What stands in files, too."""
        return {
            **{place: f"{self.directory}{place}" for place in ("/etc/", "/var/lib/", "/run/", "/tmp/")},
            # Root on this machine is who runs the tests.
            "gidNumber=0+uidNumber=0": f"gidNumber={os.getgid()}+uidNumber={os.getuid()}",
            **self.also,
        }

    def _prepared(self) -> subprocess.Popen[str]:
        """A machine on which Debian's package has been installed, with a checkout."""
        here = self.directory
        for place in ("etc/default", "etc/ldap/slapd.d", "var/lib/ldap", "run/slapd", "tmp", "bin"):
            (here / place).mkdir(parents=True)
        shutil.copytree("/etc/ldap/schema", here / "etc/ldap/schema")
        (here / "etc/default/slapd").write_text('SLAPD_SERVICES="ldap:/// ldapi:///"\n')
        for program, text in PROGRAMS.items():
            (here / "bin" / program).write_text(f"#!/bin/bash\nROOT={here}\n{text}\n")
            (here / "bin" / program).chmod(0o755)
        shutil.copytree(ROOT / "ldif", here / "ldif")
        for file in (here / "ldif/server").iterdir():
            file.write_text(replaced(file.read_text(), self.paths))
        environment = {
            "PATH": os.pathsep.join([str(here / "bin"), SEARCH_PATH]),
            "HOME": str(here),
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.Popen(
            ["bash"], cwd=here, env=environment, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, command: str) -> str:
        """Type a command; give what it prints, and below that its exit code where that is not 0."""
        shell = self._shell
        assert shell.stdin is not None
        assert shell.stdout is not None
        typed = replaced(command, self.substitutions).strip()
        # Braces keep it one command in this very shell; without an input of its own it would read ours.
        shell.stdin.write(f"{{\n{typed}\n}} < /dev/null\nprintf '{END}%s\\n' $?\n")
        printed = []
        for line in shell.stdout:
            before, mark, code = line.partition(END)
            printed.append(before)
            if mark:
                return "".join(printed) + (f"exit: {code}" if code.strip() != "0" else "")
        raise AssertionError(f"the shell ended: {''.join(printed)}")

    def follow(self, step: Step) -> None:
        """Type a step of a page and expect what the page shows; otherwise that it goes well."""
        printed = self.run(step.command if step.output is not None else f"(set -eo pipefail\n{step.command})")
        where = f"line {step.line}: {step.command}"
        if step.output is None:
            assert "exit: " not in printed, f"{where}\n{printed}"
        else:
            assert printed == step.output, f"{where}\n{printed}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._shell.communicate()
        running = self.directory / "slapd"
        if running.exists():
            os.kill(int(running.read_text()), signal.SIGTERM)


def replaced(text: str, substitutions: Mapping[str, str]) -> str:
    """The text with every key replaced, the longest first, none within what has been put in."""
    keys = sorted(substitutions, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, keys)), lambda found: substitutions[found[0]], text)
