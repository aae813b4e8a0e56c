"""How a command ends badly: one clear message and an exit code, never a traceback.

0 all is well · 1 errors in the rules or the data, or failed scenarios · 2 wrong usage, or a mistake of ours ·
130 stopped by Ctrl-C · 141 whoever read the output went away.
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import re
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import click

from .. import __version__
from .console import say

WRONG, MISUSED, INTERRUPTED, PIPE_CLOSED = 1, 2, 130, 141
_OURS = Path(__file__).resolve().parents[1]


class Failure(Exception):
    """One message, with a way out if there is one, and the exit code."""

    def __init__(self, message: str, hint: str = "", code: int = MISUSED) -> None:
        super().__init__(message)
        self.hint = hint
        self.code = code

    def show(self) -> int:
        """Print it to stderr; gives the exit code."""
        say(f"{click.style('error', fg='red', bold=True)}: {self}")
        if self.hint:
            say(f"  = {click.style('hint', bold=True)}: {self.hint}")
        return self.code


class PipeClosed(Exception):
    """Whoever read our output has gone. Click would make it exit code 1, which means errors in the rules."""


@contextlib.contextmanager
def telling_pipes() -> Iterator[None]:
    """Turns a broken pipe into PipeClosed, before click sees it."""
    try:
        yield
    except BrokenPipeError as error:
        raise PipeClosed from error


def fail(message: str, hint: str = "", code: int = MISUSED) -> NoReturn:
    """Stop the command with a message."""
    raise Failure(message, hint, code)


def ending(command: Callable[[], object]) -> int:
    """Run a command and turn whatever happens into an exit code."""
    try:
        outcome = command()
    except Failure as failure:
        return failure.show()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("\nstopped")
        return INTERRUPTED
    except (BrokenPipeError, PipeClosed):
        return PIPE_CLOSED
    except OSError as error:
        return _system(error)
    except MemoryError:
        return Failure("there is not enough memory", "close other programs, or score fewer events at once").show()
    except Exception as error:
        if _was_stopped(error):
            say("\nstopped")
            return INTERRUPTED
        return _too_long(error) or _engine(error) or _internal(error)
    return outcome if isinstance(outcome, int) else 0


def _was_stopped(error: Exception) -> bool:
    """What the engine makes of Ctrl-C in the middle of a statement."""
    return isinstance(error, RuntimeError) and str(error).lower().strip(" .!") == "query interrupted"


def _system(error: OSError) -> int:
    """What the system refused, in words; anything else that it may raise is a mistake of ours."""
    where = f" `{_meant(error.filename)}`" if isinstance(error.filename, str) else ""
    number = error.errno or _of_copying(error)
    if number in (errno.ENOSPC, errno.EDQUOT):
        hint = "nothing was replaced: the files there are still the old ones" if where else "free some of it"
        return Failure(f"the disk is full{' at' if where else ''}{where}", hint, WRONG).show()
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Failure(f"the system does not allow access to{where or ' a file'}", "check its permissions").show()
    if number in (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EMFILE, errno.EIO, errno.ENAMETOOLONG):
        return Failure(f"{(error.strerror or 'the system failed').lower()}{':' if where else ''}{where}").show()
    return _internal(error)


def _meant(path: str) -> str:
    """The file that was asked for, where the one that is written beside it first was refused.

    >>> _meant("out/.site.721.part"), _meant("out/site")
    ('out/site', 'out/site')
    """
    return re.sub(r"(^|/)\.([^/]+)\.\d+\.part$", r"\1\2", path)


def _of_copying(error: OSError) -> int | None:
    """What the system said where many files were copied at once: only the words of it are left then."""
    found = re.search(r"\[Errno (\d+)\]", str(error)) if isinstance(error, shutil.Error) else None
    return int(found[1]) if found else None


def _too_long(error: Exception) -> int | None:
    """Rules that would have to remember too many days."""
    memory = sys.modules.get(f"{__package__.rpartition('.')[0]}.engine.memory")
    if memory is None or not isinstance(error, memory.TooLong):
        return None
    return Failure(str(error), error.hint, WRONG).show()


def loaded_engine() -> ModuleType | None:
    """The engine, if this process has needed it so far: else there is no error of it, and nothing that it has left."""
    return sys.modules.get("duckdb") or sys.modules.get("_duckdb")


def _engine(error: Exception) -> int | None:
    """What the engine had no room for, in words."""
    duckdb = loaded_engine()
    said = str(error).lower()
    if duckdb is None or not isinstance(error, duckdb.Error):
        return None
    written = re.search(r'"([^"\\]+\.part)\\?"', str(error))
    if written and "no space left" in said:
        return _system(OSError(errno.ENOSPC, "", written[1]))
    if "no space left" in said or "max_temp_directory_size" in said or "failed to offload" in said:
        hint = "what does not fit into memory waits there: free some of it, or name another place in TMPDIR"
        return Failure("the disk for temporary files is full", hint, WRONG).show()
    if isinstance(error, duckdb.OutOfMemoryException):
        hint = "give more with `--memory-limit`, or leave it out; close other programs"
        return Failure("there is not enough memory for this", hint, WRONG).show()
    return None


def _internal(error: Exception) -> int:
    if os.environ.get("SCORELINE_DEBUG"):
        traceback.print_exc()
        return MISUSED
    frames = traceback.extract_tb(error.__traceback__)
    last = next((each for each in reversed(frames) if Path(each.filename).resolve().is_relative_to(_OURS)), frames[-1])
    place = f"{Path(last.filename).name}:{last.lineno}"
    say(f"{click.style('internal error', fg='red', bold=True)}: {type(error).__name__} at {place}")
    about = f"scoreline {__version__}, Python {platform.python_version()}, {sys.platform}"
    say(
        "This is a mistake in Scoreline, not in your rules or data.\n"
        f"Please report it with the command that you typed and this line: {about}; {type(error).__name__} at {place}.\n"
        "SCORELINE_DEBUG=1 before the command shows where it happened."
    )
    return MISUSED
