"""Writes dates.json: moments, and how Python's calendar and e-mail modules write them.

    python3 dates.py > dates.json
"""

import datetime
import email.utils
import json
import random

draw = random.Random(20260101)
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)

first = -62135596800000  # 0001-01-01, the first day Python knows
last = 253402300799999  # 9999-12-31T23:59:59.999
moments = [0, 1, -1, 999, 1000, 951782400000, 951868800000, first, last, 1709164800000]
moments += [draw.randrange(first, last) for _ in range(200)]
moments += [draw.randrange(0, 4_000_000_000_000) for _ in range(200)]
for year in (1600, 1700, 1900, 2000, 2023, 2024, 2100):
    for month, day in ((1, 1), (2, 28), (3, 1), (12, 31)):
        day = datetime.datetime(year, month, day, tzinfo=UTC)
        moments += [(day - EPOCH) // datetime.timedelta(milliseconds=1) + at for at in (0, 86399999)]

rows = []
for ms in moments:
    at = EPOCH + datetime.timedelta(milliseconds=ms)
    text = at.strftime("-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"
    cookie = email.utils.format_datetime(at, usegmt=True)
    rows.append([ms, f"{at.year:04}" + text, cookie])

print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")
