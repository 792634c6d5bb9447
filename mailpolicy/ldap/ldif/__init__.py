"""LDIF, the text form of directory entries and of changes to them (RFC 2849).

`read` takes a stream of bytes and yields records as they come; `write` turns records into bytes.
What cannot be read is yielded too, as an `InvalidLDIF` in its place, so that nothing gets lost
and one bad record costs no other.

>>> text = b"dn: uid=john,o=mail\\nuid: john\\ncn:: SsO2cmc=\\n"
>>> [record] = read([text])
>>> record.dn, record.attributes
('uid=john,o=mail', (('uid', b'john'), ('cn', b'J\\xc3\\xb6rg')))
>>> b"".join(write([record])) == text
True
"""

from __future__ import annotations

from .reader import contents_of_file, read
from .records import (
    Add,
    Attribute,
    Change,
    ChangeRecord,
    ContentRecord,
    Control,
    Delete,
    Modification,
    Modify,
    Record,
    Rename,
)
from .writer import write

__all__ = [
    "Add",
    "Attribute",
    "Change",
    "ChangeRecord",
    "ContentRecord",
    "Control",
    "Delete",
    "Modification",
    "Modify",
    "Record",
    "Rename",
    "contents_of_file",
    "read",
    "write",
]
