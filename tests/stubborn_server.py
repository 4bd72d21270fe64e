"""A program in place of a server, for the tests: it hangs, or ignores every polite way to end it. MODE = argv[1]."""

from __future__ import annotations

import signal
import sys
import time

if sys.argv[1] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
print("I only sit here", file=sys.stderr, flush=True)
while True:
    time.sleep(60)
