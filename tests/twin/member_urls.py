"""Member URLs of every odd kind, each as a list of its own, for slapd and us to expand."""

from __future__ import annotations

from base64 import b64encode
from typing import Final

__all__ = ["DIFFERENT", "ENTRIES", "URLS"]

PEOPLE: Final = "ldap:///ou=people,o=mail"
PARIS: Final = f"{PEOPLE}??sub?(l=Paris)"

# A table: a line per list.
# fmt: off

URLS: Final[dict[str, tuple[str, ...]]] = {
    "plain": (PARIS,),
    "host": ("ldap://localhost/ou=people,o=mail??sub?(l=Paris)",),
    "hostport": ("ldap://:389/ou=people,o=mail??sub?(l=Paris)",),
    "emptyhostport": ("ldap://:/ou=people,o=mail??sub?(l=Paris)",),
    "attrs-mail": (f"{PEOPLE}?mail?sub?(l=Paris)",),
    "attrs-member": (f"{PEOPLE}?member?sub?(l=Paris)",),
    "attrs-l": (f"{PEOPLE}?l?sub?(l=Paris)",),
    "attrs-11": (f"{PEOPLE}?1.1?sub?(l=Paris)",),
    "attrs-*": (f"{PEOPLE}?*?sub?(l=Paris)",),
    "attrs-dn": (f"{PEOPLE}?dn?sub?(l=Paris)",),
    "attrs-unknown": (f"{PEOPLE}?noSuch?sub?(l=Paris)",),
    "attrs-comma": (f"{PEOPLE}?,?sub?(l=Paris)",),
    "noscope": (f"{PEOPLE}???(objectClass=*)",),
    "noscope-ann": ("ldap:///uid=ann,ou=people,o=mail",),
    "badscope": (f"{PEOPLE}??subb?(l=Paris)",),
    "nofilter": (f"{PEOPLE}??sub",),
    "emptyfilter": (f"{PEOPLE}??sub?",),
    "one": (f"{PEOPLE}??one?(objectClass=*)",),
    "onelevel": (f"{PEOPLE}??onelevel?(objectClass=*)",),
    "children": (f"{PEOPLE}??children?(objectClass=*)",),
    "subordinate": (f"{PEOPLE}??subordinate?(objectClass=*)",),
    "base": (f"{PEOPLE}??base?(objectClass=*)",),
    "SUB": (f"{PEOPLE}??SUB?(l=Paris)",),
    "unparsable": ("nonsense",),
    "http": ("http://x.y/",),
    "badfilter": (f"{PEOPLE}??sub?(l=Paris",),
    "filterunparen": (f"{PEOPLE}??sub?l=Paris",),
    "filterunparen-and": (f"{PEOPLE}??sub?&(l=Paris)(uid=*)",),
    "unknownattr": (f"{PEOPLE}??sub?(noSuch=x)",),
    "notunknownattr": (f"{PEOPLE}??sub?(!(noSuch=x))",),
    "unknownor": (f"{PEOPLE}??sub?(|(noSuch=x)(l=Paris))",),
    "emptybase": ("ldap:///??sub?(l=Paris)",),
    "emptybase-one": ("ldap:///??one?(objectClass=*)",),
    "emptybase-base": ("ldap:///??base?(objectClass=*)",),
    "emptybase-children": ("ldap:///??children?(l=*)",),
    "nobase": ("ldap:///ou=nowhere,o=mail??sub?(l=Paris)",),
    "otherbase": ("ldap:///o=else??sub?(l=Paris)",),
    "badbase": ("ldap:///nonsense??sub?(l=Paris)",),
    "badbase2": ("ldap:///noSuch=x,o=mail??sub?(l=Paris)",),
    "several": (
        PARIS,
        f"{PEOPLE}??sub?(l=Rom)",
    ),
    "overlap": (
        PARIS,
        f"{PEOPLE}??sub?(l=*)",
    ),
    "several-onebad": (
        f"{PEOPLE}??sub?(l=Paris",
        "nonsense",
        "ldap://h/??sub?(l=Paris)",
        f"{PEOPLE}??sub?(l=Rom)",
    ),
    "several-mailfirst": (
        f"{PEOPLE}?mail?sub?(l=Paris)",
        f"{PEOPLE}??sub?(l=Rom)",
    ),
    "ext": (f"{PARIS}?x-foo",),
    "ext-crit": (f"{PARIS}?!x-foo",),
    "ext-ours": (f"{PARIS}?!x-effective",),
    "ext-ours-noncrit": (f"{PARIS}?x-effective",),
    "ext-starttls": (f"{PARIS}?!StartTLS",),
    "ext-empty": (f"{PARIS}?",),
    "ext-bindname": (f"{PARIS}?bindname=cn=x",),
    "ext-bang": (f"{PARIS}?!",),
    "ext-comma": (f"{PARIS}?,",),
    "ext-odd": (f"{PARIS}?a b",),
    "6parts": (f"{PARIS}?x?y",),
    "itself": ("ldap:///o=mail??sub?(cn=itself)",),
    "bymember": ("ldap:///o=mail??sub?(member=uid=ann,ou=people,o=mail)",),
    "bycos": ("ldap:///o=mail??sub?(cn=gold)",),
    "ldaps": ("ldaps:///ou=people,o=mail??sub?(l=Paris)",),
    "ldapi": ("ldapi:///ou=people,o=mail??sub?(l=Paris)",),
    "ldapi-host": ("ldapi://%2ftmp%2fx/ou=people,o=mail??sub?(l=Paris)",),
    "pldap": ("pldap:///ou=people,o=mail??sub?(l=Paris)",),
    "cldap": ("cldap:///ou=people,o=mail??sub?(l=Paris)",),
    "angle": ("<URL:ldap:///ou=people,o=mail??sub?(l=Paris)>",),
    "angle2": ("<ldap:///ou=people,o=mail??sub?(l=Paris)>",),
    "urlcolon": ("URL:ldap:///ou=people,o=mail??sub?(l=Paris)",),
    "label": (f"{PARIS} the people",),
    "label2": (f"{PARIS}?x-a a label",),
    "leadspace": (" ldap:///ou=people,o=mail??sub?(l=Paris)",),
    "UPPER": ("LDAP:///OU=PEOPLE,O=MAIL??SUB?(L=PARIS)",),
    "escapes": ("ldap:///ou%3Dpeople%2Co=mail??sub?%28l%3DParis%29",),
    "badescape": ("ldap:///ou=people,o=ma%4gil??sub?(l=Paris)",),
    "badescapefilter": (f"{PEOPLE}??sub?(l=Pari%zs)",),
    "nulescape": (f"{PEOPLE}%00x??sub?(l=Paris)",),
    "nulfilter": (f"{PARIS}%00(x",),
    "backslash": (f"{PEOPLE}??sub?(l=\\50aris)",),
    "space-base": ("ldap:///ou=people, o=mail??sub?(l=Paris)",),
    "space-filter": (f"{PEOPLE}??sub?( & (l=Paris) (uid=*) )",),
    "port0": ("ldap://:0/ou=people,o=mail??sub?(l=Paris)",),
    "userhost": ("ldap://u@/ou=people,o=mail??sub?(l=Paris)",),
    "ipv6": ("ldap://[]/ou=people,o=mail??sub?(l=Paris)",),
    "host-only": ("ldap://ou=people,o=mail??sub?(l=Paris)",),
    "oneslash": ("ldap:/ou=people,o=mail??sub?(l=Paris)",),
    "hassub": ("ldap:///o=mail??sub?(hasSubordinates=TRUE)",),
    "undef": (f"{PEOPLE}??sub?(cn>=x)",),
    "oid": (f"{PEOPLE}??sub?(2.5.4.7=Paris)",),
    "empty-and": (f"{PEOPLE}??base?(&)",),
    "empty-or": (f"{PEOPLE}??sub?(|)",),
    "qinfilter": (f"{PEOPLE}??sub?(l=Par?s)",),
    "extensible": (f"{PEOPLE}??sub?(l:caseExactMatch:=Paris)",),
    "commentfilter": (f"{PEOPLE}??sub?()",),
    "entrydn": ("ldap:///o=mail??sub?(entryDN=uid=ann,ou=people,o=mail)",),
    "subtree": (f"{PEOPLE}??subtree?(l=Paris)",),
    "trail": (f"{PARIS} ",),
    "nfkc": (f"{PEOPLE}??sub?（l=Paris)",),
    "dblspace": (f"{PEOPLE}??sub?  (l=Paris)",),
    "spacescope": (f"{PEOPLE}?? sub?(l=Paris)",),
    "spaceattr": (f"{PEOPLE}? ?sub?(l=Paris)",),
    "port99999": ("ldap://:99999/ou=people,o=mail??sub?(l=Paris)",),
    "noslash-h": ("ldap://h",),
    "slash": ("ldap:///",),
    "extdeny": (f"{PARIS}?%21x",),
    "badbase3": (
        "ldap:///nonsense??sub?(l=Paris)",
        f"{PEOPLE}??sub?(l=Rom)",
    ),
    "dupbase": (
        "ldap:///ou=nowhere,o=mail??sub?(l=Paris)",
        f"{PEOPLE}??sub?(l=Rom)",
    ),
    "badutf": (f"{PEOPLE}??sub?(l=%ff)",),
    "anglespaced": ("< ldap:///ou=people,o=mail??sub?(l=Paris) >",),
    "openangle": ("<ldap:///ou=people,o=mail??sub?(l=Paris)",),
    "angleext": ("<ldap:///ou=people,o=mail??sub?(l=Paris)?x>",),
    "nonascii": (f"{PEOPLE}??sub?(|(l=Zürich)(l=Paris))",),
    "qs": (f"{PARIS}?x??",),
    "tag": (f"{PEOPLE}??sub?(l;lang-de=Paris)",),
    "trailfilter": (f"{PARIS}(l=Rom)",),
    "extonly": (f"{PEOPLE}??sub??!x-effective",),
    "deep1000": (f"{PEOPLE}??sub?{'(!' * 1000}(l=Paris){')' * 1000}",),
    "deep1002": (f"{PEOPLE}??sub?{'(!' * 1002}(l=Paris){')' * 1002}",),
    "deep5000": (f"{PEOPLE}??sub?{'(!' * 5000}(l=Paris){')' * 5000}",),
    "long": (f"{PEOPLE}??sub?(|{'(l=x)' * 5_000}(l=Paris))",),
    "lists": ("ldap:///o=mail??sub?(&(objectClass=groupOfURLs)(|(cn=plain)(cn=lists)))",),
}

# fmt: on

DIFFERENT: Final = ("slash", "emptybase-base", "badescape", "nulescape", "nulfilter", "port0", "port99999")
"""What we read in another way: see docs/differences.md."""

PERSONS: Final = """\
dn: o=mail
objectClass: organization
o: mail

dn: ou=people,o=mail
objectClass: organizationalUnit
ou: people

dn: uid=ann,ou=people,o=mail
objectClass: inetOrgPerson
uid: ann
cn: Ann
sn: Ann
l: Paris
mail: ann@acme.example

dn: uid=bob,ou=people,o=mail
objectClass: inetOrgPerson
uid: bob
cn: Bob
sn: Bob
l: Rom

dn: cn=phone,uid=bob,ou=people,o=mail
objectClass: device
cn: phone
l: Paris

dn: cn=gold,o=mail
objectClass: device
cn: gold
l: Paris
"""


def entry(name: str, urls: tuple[str, ...]) -> str:
    values = "".join(f"memberURL:: {b64encode(url.encode()).decode()}\n" for url in urls)
    return f"dn: cn={name},o=mail\nobjectClass: groupOfURLs\ncn: {name}\n{values}"


ENTRIES: Final = "\n".join((PERSONS, *(entry(name, urls) for name, urls in URLS.items())))
"""The people, and the lists."""
