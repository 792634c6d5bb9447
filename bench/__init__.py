"""How fast and how small mailpolicy is, each time as a ratio to something well known.

`make bench` measures on a large directory and writes `docs/performance.md`; `make bench-quick` runs
the same figures on a small one, for their working and not for what they say.
"""
