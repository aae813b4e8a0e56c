"""Where `scoreline run` may write: never over data, over a ruleset, or over files that it did not write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .failures import fail

if TYPE_CHECKING:
    from ..engine.writers import FileFormat

Form = Literal["table", "json", "ndjson", "csv", "parquet"]
WAY_OUT = "name a folder of its own: `--out results`"


def check_output(out: Path | None, form: Form, contributions: bool) -> None:
    """What cannot be written is refused before anything is read."""
    if out is None and form == "parquet":
        fail("Parquet is written into files", "add `--out DIR`")
    if out is None and form == "csv" and contributions:
        fail("CSV on stdout has one table, so that contributions have no place in it", "add `--out DIR`")
    if out is not None and out.exists() and not out.is_dir():
        fail(f"`{out}` is a file", "give a folder to --out")


def on_disk(form: Form) -> FileFormat:
    """The format of the files: a table for people is CSV on disk."""
    return "csv" if form == "table" else form


def check_free(out: Path, data: str, ruleset: Path, form: Form, contributions: bool) -> None:
    """Refuse a folder in which results would replace data or rules, or be read as data the next time."""
    from ..engine.writers import run_of

    check_place(out, data, ruleset)
    place, folder = out.resolve(), _folder(data)
    if run_of(out) is not None:
        return
    near = place.is_relative_to(folder) or folder.is_relative_to(place)
    if near and (found := _data_files(place)):
        fail(
            f"`{out}` {'lies inside' if place.is_relative_to(folder) else 'contains'} the data folder, "
            f"and holds data: `{found[0]}`",
            WAY_OUT,
        )
    _check_names(out, form, contributions)


def check_place(out: Path, data: str, ruleset: Path) -> None:
    """Refuse the folder of the data or of the ruleset, and one that is read as data."""
    from ..engine.data.layout import KINDS

    place, folder = out.resolve(), _folder(data)
    if place == folder:
        fail(f"`{out}` is the folder of the data", WAY_OUT)
    if ruleset.is_dir() and place == ruleset.resolve():
        fail(f"`{out}` is the folder of the ruleset", WAY_OUT)
    if place.is_relative_to(folder) and place.relative_to(folder).parts[0] in KINDS:
        fail(f"`{out}` lies inside the data: what is in it is read as data", WAY_OUT)


def _folder(data: str) -> Path:
    source = Path(data).resolve()
    return source.parent if source.is_file() else source


def _data_files(folder: Path) -> list[str]:
    """The files that may be data, by their names; what an earlier run rejected is none."""
    from ..engine.data.files import data_file
    from ..engine.writers import files_of_run

    if not folder.is_dir():
        return []
    ours = files_of_run(folder)
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.is_file() and path.name not in ours and data_file(path, folder) is not None
    )


def _check_names(out: Path, form: Form, contributions: bool) -> None:
    """Refuse to replace a file that no run has written."""
    from ..engine.writers import files_of_run, names_of

    names = sorted(names_of(on_disk(form), contributions) - files_of_run(out))
    taken = [name for name in names if (out / name).exists() or (out / name).is_symlink()]
    if taken:
        fail(f"`{out / taken[0]}` is there already, and no earlier run wrote it (no `run.json` says so)", WAY_OUT)
