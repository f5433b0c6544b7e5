# SPDX-License-Identifier: Apache-2.0
"""Single values of an event, by the rules of docs/events.md. Empty values become None or []."""
import datetime
import re

FOREVER = -(1 << 62)  # the stamp of an event without any time: -infinity
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
FIRST, LAST = (datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc) for year in (2000, 2100))
NOBODY = ("anonymous", "blocked", "restricted", "unknown", "unavailable")


def length(text):
    return len(text.encode())


def present(value):
    """For ids: returns whether one is present, even if it is not valid."""
    return value not in (None, "", [], "unavailable")


def free(value):
    """Returns any text that is not empty."""
    return value if isinstance(value, str) and value else None


def short(value, most=255):
    return value if free(value) and value != "unavailable" and length(value) <= most else None


def url(value):
    return short(value, 8192)


def members(value):
    return value if isinstance(value, dict) else {}


def listed(value):
    return value[:1000] if isinstance(value, list) else []


def items(value):
    return [item for item in value if isinstance(item, dict)]


def shorts(value):
    return [item for item in listed(value) if short(item)]


def texts(value, single=False):
    if single and free(value):
        return [value]
    return [item for item in listed(value) if free(item)]


def whole(value, most=2**31 - 1):
    if isinstance(value, str) and re.fullmatch(r"[0-9]+", value):
        value = int(value)
    return value if type(value) is int and 0 <= value <= most else None


def moment(microseconds):
    return EPOCH + datetime.timedelta(microseconds=microseconds)


def time(value):
    """Returns microseconds since 1970 of an ISO time with a zone, within this century."""
    found = isinstance(value, str) and re.fullmatch(
        r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)", value, re.ASCII
    )
    if not found:
        return None
    day, clock, fraction, sign, hours, minutes = found.groups()
    if int(hours or 0) > 14 or int(minutes or 0) > 59:
        return None
    try:
        when = datetime.datetime.fromisoformat(f"{day}T{clock}+00:00")
    except ValueError:
        return None
    offset = datetime.timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    when += datetime.timedelta(microseconds=int(((fraction or "") + "000000")[:6]))
    when = when + offset if sign == "-" else when - offset
    return (when - EPOCH) // datetime.timedelta(microseconds=1) if FIRST <= when <= LAST else None


def number(value):
    """Returns E.164 if it is that or can be made that: 10 digits get +1, 11 starting with 1 get +; else as sent."""
    if not isinstance(value, str):
        return None
    value = value.strip(" \t\n\v\f\r")
    bare = re.sub(r"[ ().\-\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", re.sub(r"(?i)^tel:", "", value))
    if is_e164(bare):
        return bare
    if re.fullmatch(r"[0-9]{10}", bare):
        return "+1" + bare
    return "+" + bare if re.fullmatch(r"1[0-9]{10}", bare) else short(value, 64)


def numbers(value):
    """Returns the numbers of a text or a list of texts, each possibly with several numbers separated by commas."""
    texts_in = [value] if isinstance(value, str) else [item for item in listed(value) if isinstance(item, str)]
    return [found for found in (number(part) for text in texts_in for part in text.split(",")) if found]


def is_e164(value):
    return bool(value and re.fullmatch(r"\+[1-9][0-9]{6,14}", value))


def is_nobody(value):
    return value.lower() in NOBODY


def is_number(value):
    return value is not None and not isinstance(value, (bool, str, list, dict))


def said(**record):
    """Returns the members that are present; None if there are none."""
    return {name: value for name, value in record.items() if value is not None} or None
