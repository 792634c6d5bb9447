"""The libraries that can speak LDAP for us, behind one protocol."""
