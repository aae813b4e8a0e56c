"""The command from its first instant: Ctrl-C ends it in one word also while it is still being loaded."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    try:
        from .main import main as command
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        sys.exit(130)  # as in `failures`, which may be what was not loaded
    command()
