"""The address book of a domain: whom its people find when they type."""
