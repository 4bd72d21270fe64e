"""`python -m mcp_tui`, and `mcp-tui`."""

import os
import sys
from typing import NoReturn

from mcp_tui.cli import main
from mcp_tui.domain.aside import is_busy


def run() -> NoReturn:
    """Run the program, and end it with its exit code."""
    code = main()
    if is_busy():  # a library that is being loaded must not see the interpreter fall apart
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    run()
