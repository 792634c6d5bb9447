"""Filters about one entry and what OpenLDAP 2.5 says of each: True, False, or None for Undefined.

Unit tests hold us to this table; a twin test holds the table to a real slapd.
"""

from __future__ import annotations

NAME = "cn=A B,dc=example"

LDIF = f"""\
dn: dc=example
objectClass: domain
dc: example

dn: {NAME}
objectClass: inetOrgPerson
objectClass: posixAccount
cn: A B
cn;lang-de: Deutsch
cn: Philips Wright
sn: S N
uid: u
uidNumber: 5
gidNumber: 7
homeDirectory: /Home/x  y
telephoneNumber: +1 2-3
mail: A@b.c
userPassword: secret
postalAddress: A  b$ C d $$x\\24y
x121Address: 12 3
seeAlso: CN=x + SN=y, DC=example
structuralObjectClass: inetOrgPerson
creatorsName: cn=admin,dc=example
modifiersName: cn=admin,dc=example
createTimestamp: 20260131120000Z
modifyTimestamp: 20260131120000Z
entryUUID: 11111111-2222-3333-4444-aaaaaaaaaaaa
entryCSN: 20260131120000.000000Z#000000#000#000000
"""

CASES: dict[str, bool | None] = {
    # Presence and truth
    "(&)": True,
    "(|)": False,
    "(cn=*)": True,
    "(description=*)": False,
    "(noSuch=*)": None,
    "(!(noSuch=*))": None,
    "(&(noSuch=*)(description=*))": False,
    "(|(noSuch=*)(cn=*))": True,
    "(!(description=x))": True,
    # Text
    "(cn=a b)": True,
    "(CN=  A   B )": True,
    "(cn=ab)": False,
    "(cn=)": None,
    r"(cn=\ff)": None,
    r"(cn=\c0\80)": None,
    r"(cn=\ed\a0\80)": False,
    "(mail=a@B.C)": True,
    "(mail=)": False,
    "(mail=é)": None,
    r"(mail=a@b.c\00more)": True,
    r"(cn=a b\00)": False,
    "(homeDirectory=/Home/x y)": True,
    "(homeDirectory=/home/x y)": False,
    "(cn>=a)": None,
    # Parts
    "(cn=a*)": True,
    "(cn=*B)": True,
    "(cn=a*b*b)": False,
    "(cn=A * B)": False,
    "(cn=A* *B)": True,
    "(cn= *)": False,
    "(cn=* *)": True,
    "(cn=* )": True,
    "(mail= *)": True,
    "(mail=* *)": True,
    "(homeDirectory=*x y)": None,
    "(userPassword=*ec*)": None,
    "(uidNumber=*5*)": None,
    "(objectClass=*person*)": None,
    "(x121Address=*23*)": True,
    "(x121Address=* *)": False,
    "(telephoneNumber=*2 3*)": True,
    "(postalAddress=*b$c*)": True,
    # Numbers, times, bits
    "(uidNumber=5)": True,
    "(uidNumber=05)": None,
    "(uidNumber= 5)": None,
    "(uidNumber>=5)": True,
    "(uidNumber<=-5)": False,
    "(uidNumber<=1000000000000000000000000)": True,
    "(x121Address=1 2 3)": True,
    "(telephoneNumber=+123)": True,
    "(telephoneNumber=-)": False,
    "(createTimestamp=202601311300+0100)": True,
    "(createTimestamp>=2026)": None,
    "(createTimestamp>=2026013112Z)": True,
    "(createTimestamp>=20260131120000.1Z)": False,
    "(createTimestamp=20260230120000Z)": None,
    "(postalAddress=a b$c d$$X\\5c24Y)": True,
    "(postalAddress=)": False,
    "(userPassword=secret)": True,
    "(userPassword=Secret)": False,
    "(entryUUID=11111111-2222-3333-4444-AAAAAAAAAAAA)": True,
    "(entryUUID>=10000000-0000-0000-0000-000000000000)": True,
    "(entryUUID=1)": None,
    "(entryCSN<=20990101000000.000000Z#000000#000#000000)": True,
    # Sounds
    "(cn~=filips)": True,
    "(cn~=rikt)": True,
    "(cn~=rite)": False,
    "(cn~=filips rikt)": True,
    "(cn~=rikt filips)": False,
    "(cn~=42)": False,
    "(cn~=)": None,
    r"(cn~=\d0\96)": False,
    "(uidNumber~=5)": True,
    # Names
    "(seeAlso=sn=Y+2.5.4.3=X,dc=Example)": True,
    "(seeAlso=cn=x,dc=example)": False,
    "(seeAlso=)": False,
    "(seeAlso=noSuch=x)": None,
    "(seeAlso=cn=x+cn=y)": None,
    r"(seeAlso=dc=\5c20)": None,
    "(seeAlso=cn=#0401)": None,
    "(seeAlso=uidNumber=05)": None,
    "(seeAlso=objectClass=person)": False,
    "(entryDN=CN=a b , dc=example)": True,
    "(entryDN~=cn=a b,dc=example)": True,
    "(entryDN>=cn=a b,dc=example)": None,
    "(entryDN=*)": True,
    "(entryDN=*a*)": None,
    "(entryDN:dnSubtreeMatch:=dc=example)": True,
    "(entryDN:dnSubtreeMatch:=)": True,
    "(entryDN:dnOneLevelMatch:=dc=example)": True,
    "(entryDN:dnOneLevelMatch:=)": False,
    "(entryDN:dnSubordinateMatch:=cn=a b,dc=example)": False,
    "(entryDN:dnSuperiorMatch:=cn=z,cn=a b,dc=example)": True,
    "(creatorsName:dnSubtreeMatch:=dc=example)": True,
    # Classes
    "(objectClass=person)": True,
    "(objectClass=TOP)": True,
    "(objectClass=2.5.6.6)": True,
    "(objectClass=domain)": False,
    "(objectClass=noSuch)": None,
    "(objectClass=1.2.3.4)": None,
    "(structuralObjectClass=person)": True,
    "(structuralObjectClass=posixAccount)": False,
    "(objectClass:=person)": True,
    "(objectClass:objectIdentifierMatch:=2.5.6.6)": None,
    "(:objectIdentifierMatch:=2.5.6.6)": False,
    # What the server works out
    "(hasSubordinates=FALSE)": True,
    "(hasSubordinates=TRUE)": False,
    "(hasSubordinates=false)": None,
    "(hasSubordinates>=FALSE)": None,
    "(hasSubordinates:=FALSE)": False,
    "(hasSubordinates=*)": True,
    "(subschemaSubentry=*)": True,
    "(subschemaSubentry=cn=Subschema)": False,
    # Attributes
    "(2.5.4.3=a b)": True,
    "(commonName=a b)": True,
    "(name=s n)": True,
    "(name=deutsch)": True,
    "(cn;lang-de=deutsch)": True,
    "(cn;LANG-DE=a b)": False,
    "(cn;lang-=deutsch)": True,
    "(cn;lang-de-=deutsch)": True,
    "(cn;lang-d=deutsch)": False,
    "(cn;lang-de;lang-fr=deutsch)": False,
    "(cn;x-option=deutsch)": None,
    "(cn;binary=deutsch)": None,
    "(userCertificate;binary=*)": False,
    "(createTimestamp;lang-de=*)": None,
    # Extensible
    "(cn:caseExactMatch:=a b)": False,
    "(cn:2.5.13.5:=A  B)": True,
    "(cn:=a b)": True,
    "(cn:noSuchMatch:=a b)": None,
    "(cn:integerMatch:=5)": None,
    "(cn:caseIgnoreSubstringsMatch:=a)": None,
    "(:caseIgnoreMatch:=deutsch)": True,
    "(:caseExactMatch:=deutsch)": False,
    "(:integerMatch:=7)": True,
    "(:integerMatch:=07)": None,
    "(:integerOrderingMatch:=6)": True,
    "(uidNumber:integerOrderingMatch:=5)": False,
    "(uidNumber:1.2.840.113556.1.4.803:=4)": True,
    "(uidNumber:1.2.840.113556.1.4.803:=6)": False,
    "(uidNumber:1.2.840.113556.1.4.804:=6)": True,
    "(uidNumber:1.2.840.113556.1.4.804:=9223372036854775808)": None,
    "(telephoneNumber:caseIgnoreMatch:=+1 2-3)": True,
    "(entryUUID:UUIDMatch:=11111111-2222-3333-4444-aaaaaaaaaaaa)": None,
    "(:UUIDMatch:=11111111-2222-3333-4444-aaaaaaaaaaaa)": False,
    "(entryCSN:CSNSIDMatch:=000)": True,
    "(cn:directoryStringApproxMatch:=filips)": True,
    "(dc=example)": False,
    "(dc:dn:=Example)": True,
    "(:dn:caseIgnoreIA5Match:=example)": True,
    "(:caseIgnoreIA5Match:=example)": False,
    "(:dn:caseExactMatch:=A B)": True,
}
