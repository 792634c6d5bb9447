"""A directory on a real LDAP server, behind the same verbs as one in a file."""
