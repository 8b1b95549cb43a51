"""API_TOKEN=… python3 client.py <url>...: calls each in turn, at the pace that the answers ask for."""

import os
import random
import re
import sys
import time
import urllib.error
import urllib.request

ATTEMPTS = 5
LONGEST_WAIT_SECONDS = 300


def call(request):
    """Calls until an answer is no refusal: its status, headers and body.

    429 says that nothing was done, so a call of any method may be repeated; after a 503 only one that changes
    nothing. A refusal without Retry-After is not repeated: it would be the same.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            status, headers, body = answer.status, answer.headers, answer.read().decode()
        may_repeat = status == 429 or (status == 503 and request.get_method() in ("GET", "HEAD"))
        seconds = headers.get("Retry-After", "")
        if not may_repeat or not seconds.isdecimal() or int(seconds) > LONGEST_WAIT_SECONDS or attempt == ATTEMPTS:
            return status, headers, body
        # Not all clients that were refused together come back together.
        time.sleep(int(seconds) + random.random())


def pace_of(headers):
    """Seconds between two calls, so that what is left lasts until all of it is free again: "free";r=3;t=20, of each limit."""
    limits = re.findall(r";r=(\d+);t=(\d+)", headers.get("RateLimit", ""))
    return max((int(seconds) / (int(remaining) + 1) for remaining, seconds in limits), default=0)


for url in sys.argv[1:]:
    token = os.environ["API_TOKEN"]
    status, headers, body = call(urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"}))
    print(status, body, flush=True)
    time.sleep(min(pace_of(headers), LONGEST_WAIT_SECONDS))
