# SPDX-License-Identifier: Apache-2.0
"""JSON as PostgreSQL's jsonb prints it: members by length and then bytes of the name, a space after , and :."""
import decimal
import json
import re


def parse(text):
    """Numbers keep their digits: 5 and 5.0 are equal, but have two texts. Values that PostgreSQL cannot store are
    replaced."""
    return _storable(json.loads(text, parse_float=decimal.Decimal))


def _storable(value):
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return re.sub("[\0\ud800-\udfff]", "\ufffd", value) if isinstance(value, str) else value


def jsonb_text(value):
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: (len(name.encode()), name.encode()))
        return "{" + ", ".join(f"{_string(name)}: {jsonb_text(value[name])}" for name in names) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(jsonb_text(item) for item in value) + "]"
    if isinstance(value, str):
        return _string(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, decimal.Decimal) else str(value)


def _string(text):
    return json.dumps(text, ensure_ascii=False)
