"""Who may come in: a login is judged once its password was looked at, in the order that tells least.

Where an `actor` opens the mailbox of somebody else, the password is hers. So hers are the status, the second
factor and the age of the password that count; services and networks must be right for both; and in the end
she must have the right to be there, and the mailbox must be one that can be opened.
"""

from . import actor, encryption, identity, networks, password, proof, second_factor, services, status

__all__ = [
    "actor",
    "encryption",
    "identity",
    "networks",
    "password",
    "proof",
    "second_factor",
    "services",
    "status",
]
