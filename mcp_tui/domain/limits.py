"""How much one server may make the program read, ask, draw and keep.

What is beyond a limit is left out or refused, and said: in the list, in the log, in the drawer or on the server's page.
"""

from __future__ import annotations

PAGES = 100
"""Pages of one list: a list that never ends must not keep a server from being ready."""
ITEMS = 10_000
"""Items of one list, as many as the tree draws without a pause."""
LINE = 256 * 1024 * 1024
"""Bytes of one message. (How deep it may be nested is up to the parser: what it cannot read fails its request.)"""
WAITING = 64 * 1024 * 1024
"""Bytes of messages that nobody took yet, before the program has to wait."""

NOTICES = 500
"""Log lines, steps of progress and news of tasks within a second: nobody reads more, and the screen stays quick."""
QUESTIONS = 20
"""Questions to the person that wait at once. More are refused: they would push the others' out of sight."""
SAMPLES, SAMPLES_WITHIN = 20, 60.0
"""Requests to the model within so many seconds. More are refused: each may cost money."""
STDERR_LINES = 200
"""Lines of standard error within a second that reach the log."""
NOTE_EVERY = 60.0
"""Seconds between two lines of the log about the same limit."""

# The traffic and the log are of all servers: what is too much goes from the server that has the most there.

FRAMES, FRAMES_BYTES = 5_000, 64 * 1024 * 1024
FRAME_KEPT = 1024 * 1024
"""Bytes of one frame; of a larger one the first are kept, and its true size."""
EXCHANGES, EXCHANGES_CHARACTERS = 1_000, 4 * 1024 * 1024
"""What HTTP carried, without the bodies."""
HEADERS, HEADER = 60, 2_000
"""Headers of one exchange, and characters of one value or address."""
LOG_LINES = 2_000
STDERR_KEPT = 500
"""Lines of standard error of each server."""
STDERR_LINE = 4_096
"""Characters of one line."""
