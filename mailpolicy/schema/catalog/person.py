"""Who somebody is, how to reach them, and how they read dates."""

from __future__ import annotations

from enum import StrEnum

from ...reasons import Level
from ...values import time_zone
from ..kinds import ADDRESS, LOCALE, PHONE, STRING, TIME_ZONE, string
from ..setting import LAYERED, Topic, setting
from ..several import Many
from ..stored import asked_by
from ..words import one_of

ACCOUNT = (Level.ACCOUNT,)
MAILBOXES = (Level.ACCOUNT, Level.RESOURCE)
ADDRESSED = (Level.ACCOUNT, Level.LIST, Level.RESOURCE)


class DateFormat(StrEnum):
    """The order in which webmail writes day, month and year."""

    ISO = "iso"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class TimeFormat(StrEnum):
    """The clock of webmail."""

    HOURS_24 = "hours_24"
    HOURS_12 = "hours_12"


# A table: one paragraph per setting.
# fmt: off


class Person(Topic, title="person and identity"):
    """What describes a person; nearly all of it stands on the account itself."""

    address = setting(
        ADDRESS, "The one address that names the object; mail to it is for the object.", own=ADDRESSED,
        constraint="unique in the directory; changed only by rename, which a site may forbid", native="mail",
        carbonio=(asked_by("mail", Level.LIST), asked_by("zimbraMailDeliveryAddress", *MAILBOXES)),
    )
    aliases = setting(
        Many(ADDRESS), "Further addresses of the object.", own=ADDRESSED, carbonio="zimbraMailAlias",
        constraint="unique in the directory; may lie in another local domain",
    )
    display_name = setting(
        STRING, "The name people see.", own=ADDRESSED, native="displayName", carbonio="displayName",
    )
    first_name = setting(STRING, "Given name.", own=ACCOUNT, native="givenName", carbonio="givenName")
    initials = setting(STRING, "Initials.", own=ACCOUNT, native="initials", carbonio="initials")
    last_name = setting(
        STRING, "Family name.", own=ACCOUNT, native="sn", carbonio="sn",
        constraint="required by the object class; the local part of the address if not given",
    )
    description = setting(
        STRING, "What the object is for.", native="description", carbonio="description",
        own=(Level.ACCOUNT, Level.COS, Level.DOMAIN, Level.LIST, Level.RESOURCE),
    )
    notes = setting(
        string(at_most=1024), "Remarks of the administrators.", carbonio="zimbraNotes",
        own=(Level.ACCOUNT, Level.COS, Level.DOMAIN, Level.LIST), constraint="at most 1024 characters",
    )
    job_title = setting(STRING, "Position in the company.", own=ACCOUNT, native="title", carbonio="title")
    company = setting(STRING, "Employer.", own=ACCOUNT, native="o", carbonio="company")
    department = setting(STRING, "Department.", own=ACCOUNT, native="ou", carbonio="ou")
    telephone_number = setting(
        Many(PHONE), "Numbers at work.", own=ACCOUNT, native="telephoneNumber", carbonio="telephoneNumber",
    )
    home_phone = setting(
        Many(PHONE), "Numbers at home.", own=ACCOUNT, native="homePhone", carbonio="homePhone",
    )
    mobile_phone = setting(
        Many(PHONE), "Numbers of mobile phones.", own=ACCOUNT, native="mobile", carbonio="mobile",
    )
    pager = setting(Many(PHONE), "Numbers of pagers.", own=ACCOUNT, native="pager", carbonio="pager")
    fax_number = setting(
        Many(PHONE), "Numbers of fax machines.", own=ACCOUNT, native="facsimileTelephoneNumber",
        carbonio="facsimileTelephoneNumber",
    )
    street = setting(STRING, "Street and number.", own=ACCOUNT, native="street", carbonio="street")
    city = setting(STRING, "City.", own=ACCOUNT, native="l", carbonio="l")
    state = setting(STRING, "State or province.", own=ACCOUNT, native="st", carbonio="st")
    postal_code = setting(STRING, "Postal code.", own=ACCOUNT, native="postalCode", carbonio="postalCode")
    country = setting(STRING, "Country, as people write it.", own=ACCOUNT, native="co", carbonio="co")
    contact_address = setting(
        ADDRESS, "Where the holder is reached when the mailbox is not.", own=ACCOUNT,
        constraint="outside the account's own domain",
    )
    locale = setting(
        LOCALE, "Language and regional customs.", path=LAYERED, native="preferredLanguage",
        carbonio="zimbraPrefLocale", constraint="a site may offer choices",
    )
    time_zone = setting(
        TIME_ZONE, "Time zone of calendars and of times shown.", path=LAYERED, default=time_zone("UTC"),
        carbonio="zimbraPrefTimeZoneId", constraint="IANA name; the first value counts",
    )
    date_format = setting(
        one_of(DateFormat), "How webmail writes dates.", path=LAYERED, default=DateFormat.ISO,
    )
    time_format = setting(
        one_of(TimeFormat), "How webmail writes times.", path=LAYERED, default=TimeFormat.HOURS_24,
    )
