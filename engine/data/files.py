"""The files of a data folder: which belong to which kind of record, and what format each has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from .errors import DataError
from .layout import KINDS, RecordKind
from .sources import SourceMap

Format = Literal["json", "lines", "csv", "parquet"]
Packing = Literal["", ".gz", ".zst"]

_FORMATS: dict[str, Format] = {
    ".json": "json",
    ".ndjson": "lines",
    ".jsonl": "lines",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
}
FORMATS_HINT = "the formats are .json, .ndjson, .jsonl, .csv, .tsv and .parquet, each also .gz or .zst"


@dataclass(frozen=True)
class DataFile:
    """One file: where it is, what people are shown (its path in the data folder), and how it is to be read."""

    path: Path
    name: str
    format: Format
    packing: Packing = ""

    @property
    def span(self) -> Span:
        """The file as the place of a finding."""
        return Span(self.name)

    @property
    def is_tab_separated(self) -> bool:
        return ".tsv" in [suffix.lower() for suffix in self.path.suffixes[-2:]]


def data_file(path: Path, folder: Path) -> DataFile | None:
    """The file as its name describes it; None if the name ends in no known format."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packing: Packing = ""
    if suffixes and suffixes[-1] in (".gz", ".zst"):
        packing = ".gz" if suffixes.pop() == ".gz" else ".zst"
    format_ = _FORMATS.get(suffixes[-1]) if suffixes else None
    if format_ is None:
        return None
    return DataFile(path, path.relative_to(folder).as_posix(), format_, packing)


def check_folder(folder: Path) -> None:
    """Raises DataError where there is no folder, or it may not be looked into."""
    try:
        if not folder.exists():
            raise DataError([finding("D101", f"there is no `{folder}`", hint="give --data a folder, or one JSON file")])
        next(folder.iterdir(), None)
    except PermissionError as error:
        raise DataError([finding("D103", f"`{folder}` may not be read: permission denied")]) from error


def find_files(folder: Path, source: SourceMap, findings: list[Diagnostic]) -> list[DataFile]:
    """The files of one source, ordered by name."""
    if source.files:
        return _matching(folder, source)
    return _usual(folder, source.kind, findings)


def _matching(folder: Path, source: SourceMap) -> list[DataFile]:
    """The files that fit the patterns of a source; raises DataError if a pattern fits nothing, or nothing readable."""
    found: dict[Path, DataFile] = {}
    for pattern in source.files:
        paths = [path for path in sorted(folder.glob(pattern)) if _is_file(path)]
        if not paths:
            hint = f"patterns are relative to the data folder, which holds {_contents(folder)}"
            raise DataError([finding("D102", f"no file fits `{pattern}` of the {source.kind}", source.span, hint=hint)])
        for path in paths:
            _stay_inside(path, folder, source)
            file = data_file(path, folder)
            if file is None:
                message = f"`{path.relative_to(folder).as_posix()}` has no known format"
                raise DataError([finding("D104", message, source.span, hint=FORMATS_HINT)])
            found[path] = file
    return list(found.values())


def _is_file(path: Path) -> bool:
    """Whether something is a file, or a link that leads nowhere: whoever put it there meant one."""
    return path.is_file() or (path.is_symlink() and not path.exists())


def _stay_inside(path: Path, folder: Path, source: SourceMap) -> None:
    if not path.resolve().is_relative_to(folder.resolve()):
        message = f"`{path.relative_to(folder).as_posix()}` leads out of the data folder"
        raise DataError([finding("D110", message, source.span, hint="copy the file into the data folder")])


def _usual(folder: Path, kind: RecordKind, findings: list[Diagnostic]) -> list[DataFile]:
    """`events.csv`, `events.2.ndjson.gz` and the like, and all files in a sub-folder `events`."""
    found: list[DataFile] = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name == kind:
            found += _inside(path, folder, findings)
        elif _is_file(path) and path.name.split(".")[0] == kind:
            file = data_file(path, folder)
            if file is None:
                findings.append(_not_read(path, folder))
            else:
                found.append(file)
        elif _is_file(path) and _seems(path, kind) and data_file(path, folder) is not None:
            findings.append(_misnamed(path, kind))
    return found


def _seems(path: Path, kind: RecordKind) -> bool:
    """Whether somebody may think that a file is one of a kind: `events-2.csv`, `Events.csv`, `event_2026.csv`."""
    return path.name.lower().startswith(_singular(kind)) and _rest(path, kind)[:1] in tuple("-_ .")


def _singular(kind: RecordKind) -> str:
    return kind.removesuffix("s")


def _rest(path: Path, kind: RecordKind) -> str:
    """The name without the word for the kind."""
    word = kind if path.name.lower().startswith(kind) else _singular(kind)
    return path.name[len(word) :]


def _inside(sub_folder: Path, folder: Path, findings: list[Diagnostic]) -> Iterator[DataFile]:
    for path in sorted(sub_folder.rglob("*")):
        hidden = any(part.startswith((".", "_")) for part in path.relative_to(sub_folder).parts)
        if path.is_dir() or hidden:
            continue
        file = data_file(path, folder)
        if file is None:
            findings.append(_not_read(path, folder))
        else:
            yield file


def _not_read(path: Path, folder: Path) -> Diagnostic:
    name = path.relative_to(folder).as_posix()
    return finding("D205", f"`{name}` was not read: its name ends in no known format", Span(name), hint=FORMATS_HINT)


def _misnamed(path: Path, kind: RecordKind) -> Diagnostic:
    named = f"{kind}.{_rest(path, kind).lstrip('-_ .')}"
    hint = f"call it `{named}`, move it into a folder `{kind}`, or name it in `sources:`"
    message = f"`{path.name}` was not read: {kind} are in files whose names begin with `{kind}.`"
    return finding("D205", message, Span(path.name), hint=hint)


def nothing_found(folder: Path, needs_events: bool) -> DataError:
    """There are no events, or nothing at all."""
    what = "events" if needs_events else "records that can be found"
    names = ", ".join(f"`{kind}`" for kind in KINDS)
    hint = f"a data folder has {names} (in small letters), each as a file or a folder; "
    hint += "or say in `sources:` which files are what"
    return DataError([finding("D102", f"`{folder}` has no {what}: it holds {_contents(folder)}", hint=hint)])


def _contents(folder: Path, most: int = 6) -> str:
    """What is in a folder, for people."""
    names = sorted(path.name + ("/" if path.is_dir() else "") for path in folder.iterdir())
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return (shown + (" …" if len(names) > most else "")) or "nothing"
