"""`scoreline init`: a small ruleset to start from, or made-up data to score."""

from __future__ import annotations

import contextlib
import datetime
import re
import shlex
import shutil
import tempfile
from collections.abc import Collection, Iterator
from importlib import resources
from pathlib import Path

import click
from click.core import ParameterSource

from .console import say, say_next
from .failures import fail
from .reports import plural
from .values import Day

STARTER = "starter"
DEMO_FILES = ("accounts.ndjson", "contacts.ndjson", "events.ndjson", "truth.csv", "ABOUT.md")


@click.command("init")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option("--demo-data", is_flag=True, help="Write made-up data for the ruleset abm instead.")
@click.option(
    "--accounts", type=click.IntRange(1), default=500, show_default=True, help="How many accounts to make up."
)
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed gives the same data.")
@click.option("--until", type=Day(), metavar="DATE", help="The last day of the made-up data. Default: today.")
@click.pass_context
def command(
    ctx: click.Context, folder: Path, demo_data: bool, accounts: int, seed: int, until: datetime.datetime | None
) -> None:
    """Write a small ruleset with tests and data that run at once into DIR (default: here,
    if there is nothing here).

    With --demo-data: accounts, contacts and a year of their events, made up, for `scoreline run abm`.
    Files that are there already are never overwritten.
    """
    given = {name for name in ctx.params if ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE}
    check_usage(folder, demo_data, given)
    if demo_data:
        write_demo(folder, accounts, seed, until)
    else:
        write_starter(folder)


def check_usage(folder: Path, demo_data: bool, given: Collection[str]) -> None:
    """Options that would do nothing, and files strewn into a folder that no one named, are refused."""
    for name in ("accounts", "seed", "until"):
        if name in given and not demo_data:
            fail(f"`--{name}` is about made-up data", f"add `--demo-data`, or leave `--{name}` out")
    if "folder" not in given and any(not path.name.startswith(".") for path in folder.iterdir()):
        fail("this folder is not empty", "name a new folder: `scoreline init my-rules`")


def write_starter(folder: Path) -> None:
    """Copy the starter ruleset, under the folder's name."""
    source = Path(str(resources.files(__package__.rpartition(".")[0]) / "rulesets" / STARTER))
    files = [path.relative_to(source) for path in sorted(source.rglob("*")) if path.is_file() and _is_ours(path)]
    check_free(folder, files)
    name = re.sub(r"[^a-z0-9_-]+", "-", folder.resolve().name.lower()).strip("-") or STARTER
    with together(folder) as made:
        for path in files:
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            text = (source / path).read_text(encoding="utf-8")
            (made / path).write_text(text.replace(f"\nname: {STARTER}\n", f"\nname: {name}\n"), encoding="utf-8")
    say(f"wrote {plural(len(files), 'file')} into {folder}:")
    for path in files:
        say(f"  {folder / path}")
    where = shlex.quote(str(folder))
    say_next(
        f"scoreline validate {where}",
        f"scoreline test {where}",
        f"scoreline run {where} --data {shlex.quote(str(folder / 'data'))} --as-of latest",
    )


def _is_ours(path: Path) -> bool:
    return "__pycache__" not in path.parts


def write_demo(folder: Path, accounts: int, seed: int, until: datetime.datetime | None) -> None:
    """Make up data for `abm`."""
    from ..engine.demo import generate

    check_free(folder, [Path(name) for name in DEMO_FILES])
    day = until.date() if until else datetime.datetime.now(datetime.UTC).date()
    end = datetime.datetime.combine(day, datetime.time(), datetime.UTC) + datetime.timedelta(days=1, seconds=-1)
    if until is None:
        end = min(end, datetime.datetime.now(datetime.UTC))
    with together(folder) as place:
        totals = generate(place, until=end, accounts=accounts, seed=seed)
    made = [
        plural(totals.accounts, "account"),
        plural(totals.contacts, "contact"),
        plural(totals.events, "event"),
    ]
    say(f"made up {made[0]}, {made[1]} and {made[2]} in {folder} (see {folder / 'ABOUT.md'})")
    say_next(f"scoreline run abm --data {shlex.quote(str(folder))} --as-of latest --top 10")


def check_free(folder: Path, files: list[Path]) -> None:
    """Refuse to overwrite anything."""
    taken = [folder / path for path in files if (folder / path).exists()]
    if taken:
        more = f" and {len(taken) - 1} more" if len(taken) > 1 else ""
        fail(f"`{taken[0]}` is there already{more}", "name a new folder: `scoreline init my-rules`")


@contextlib.contextmanager
def together(folder: Path) -> Iterator[Path]:
    """Where to write files that appear in a folder together, or not at all if the disk is full or somebody stops it."""
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".init-", dir=folder))
    try:
        yield beside
        for path in sorted(beside.rglob("*")):
            target = folder / path.relative_to(beside)
            if path.is_dir():
                target.mkdir(exist_ok=True)
            else:
                path.replace(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        if is_new:
            with contextlib.suppress(OSError):  # it holds what was made
                folder.rmdir()
