"""`--store-wait`: one run at a time has a store, and the others wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from .console import say
from .failures import MISUSED, WRONG, fail
from .values import Amount

Done = TypeVar("Done")

PATIENCE = 60.0
_PAUSE = 0.2

wait_option = click.option(
    "--store-wait",
    type=Amount(min=0),
    default=PATIENCE,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait while another run has the store.",
)


def when_free(store: Path, patience: float, work: Callable[[], Done]) -> Done:
    """What the work on a store gives; waits while somebody else has it, and ends the command where it cannot be."""
    from ..engine.store import StoreBusy, StoreError

    until = time.monotonic() + patience
    has_said = False
    while True:
        try:
            return work()
        except StoreBusy as busy:
            if time.monotonic() >= until:
                fail(f"{busy}, and still was after {patience:g} seconds", "`--store-wait 600` waits longer", WRONG)
            if not has_said:
                say(f"waiting for `{store}`, which another run has …")
                has_said = True
            time.sleep(min(_PAUSE, max(until - time.monotonic(), 0)))
        except StoreError as error:
            fail(str(error), error.hint, MISUSED if error.is_usage else WRONG)
