"""What LDAP text means: names, filters, URLs, schema definitions (RFC 4512 to 4518).

Everything here is a value and the text it is written as; nothing here reads a network or a clock.
"""
