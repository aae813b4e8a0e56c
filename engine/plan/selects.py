"""Queries from expressions: references become columns of joined relations, and what builds on what is nested."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace

from ...grammar.late_methods import dataclass
from ..model import Compare, Expr
from .scalars import Column, Factor, Instant, Ref, Via, event, leaves, rewrite
from .steps import INSTANT, Join, Query, Source

Columns = Mapping[str, Expr]


@dataclass(frozen=True)
class Row:
    """What the rows of a query are: the keys by which their references lead to relations of leads and accounts.

    `base` is the relation that the rows themselves are, if it is one of leads or accounts.
    """

    keys: Mapping[Via, Expr]
    base: str = ""


LEAD_ROW = Row({"": event("key"), "account": event("account")}, "lead")
ACCOUNT_ROW = Row({"": event("key")}, "account")
EVENT_ROW = Row(
    {
        "contact": event("lead"),
        "account": event("account"),
        "owner": event("owner"),
        "home": Ref(level="lead", name="account", via="contact"),
    }
)


@dataclass
class Joins:
    """The relations that the expressions of one query need beside its source."""

    row: Row
    home: Callable[[Ref], str]
    made: dict[tuple[str, object], Join] = field(default_factory=dict)

    def resolve(self, expr: Expr) -> Expr:
        """The expression over columns of the source and of joined relations."""
        return rewrite(expr, self._column)

    def _column(self, expr: Expr) -> Expr | None:
        if isinstance(expr, Ref):
            relation = self.home(expr)
            if expr.via == "" and relation == self.row.base:
                return event(expr.name, expr.kind)
            return Column(table=self._entity(relation, expr.via), name=expr.name, kind=expr.kind)
        if isinstance(expr, Instant):
            self.made.setdefault((INSTANT, ""), Join(INSTANT, "now", None, "cross"))
            return Column(table="now", name=expr.name, kind=expr.kind)
        if isinstance(expr, Factor):
            return Column(table=self._decay(expr), name=expr.column, kind=expr.kind)
        return None

    def _entity(self, relation: str, via: Via) -> str:
        join = self.made.get((relation, via))
        if join is None:
            alias = f"{via}_{relation}" if via else relation
            key = self.resolve(self.row.keys[via])
            on = Compare(op="==", left=Column(table=alias, name="key", kind="timestamp"), right=key)
            join = self.made[relation, via] = Join(relation, alias, on)
        return join.alias

    def _decay(self, factor: Factor) -> str:
        relation = f"decay_{factor.unit}"
        age = self.resolve(factor.age)
        join = self.made.get((relation, age))
        if join is None:
            alias = f"{relation}_{sum(name == relation for name, _ in self.made) + 1}"
            on = Compare(op="==", left=Column(table=alias, name="age", kind="timestamp"), right=age)
            join = self.made[relation, age] = Join(relation, alias, on)
        return join.alias


@dataclass(frozen=True)
class Selects:
    """Makes queries; `home` says in which relation a column of leads or accounts is found."""

    home: Callable[[Ref], str]

    def select(
        self,
        source: Source,
        row: Row,
        columns: Columns,
        where: Iterable[Expr] = (),
        group: Iterable[Expr] = (),
        joins: tuple[Join, ...] = (),
        distinct: bool = False,
    ) -> Query:
        """One query, with the joins that its references need."""
        made = Joins(row, self.home)
        named = tuple((name, made.resolve(expr)) for name, expr in columns.items())
        tests = tuple(made.resolve(test) for test in where)
        groups = tuple(made.resolve(expr) for expr in group)
        return Query(named, source, (*joins, *made.made.values()), tests, groups, distinct)

    def staged(
        self,
        source: Source,
        row: Row,
        columns: Columns,
        keep: Iterable[str],
        where: Iterable[Expr] = (),
        joins: tuple[Join, ...] = (),
    ) -> Query:
        """Columns that may read each other (as columns of `e`): queries nested as deeply as they build on each other.

        `keep` are the columns of the result, some of them perhaps the source's own.
        """
        made = Joins(row, self.home)
        resolved = {name: made.resolve(_own(expr, columns)) for name, expr in columns.items()}
        tests = tuple(made.resolve(test) for test in where)
        depth = _depths(resolved)
        kept = list(dict.fromkeys(keep))
        top = max(depth.values(), default=0)
        query: Query | None = None
        for stage in range(top + 1):
            later = [expr for name, expr in resolved.items() if depth[name] > stage]
            here = {name: expr for name, expr in resolved.items() if depth[name] == stage}
            passed = _passed(later, kept, resolved, depth, stage)
            named = (*passed.items(), *here.items())
            if query is None:
                query = Query(named, source, (*joins, *made.made.values()), tests)
            else:
                query = Query(named, Source(query))
            resolved = {name: _flat(expr) if depth[name] > stage else expr for name, expr in resolved.items()}
        assert query is not None
        order = dict(query.columns)
        return replace(query, columns=tuple((name, order[name]) for name in kept))


def _own(expr: Expr, columns: Columns) -> Expr:
    """References to columns of the same statement; a column that is nothing but a reference is that of another one."""

    def own(each: Expr) -> Expr | None:
        is_own = isinstance(each, Ref) and each.via == "" and each.name in columns and columns[each.name] != each
        return event(each.name, each.kind) if isinstance(each, Ref) and is_own else None

    return rewrite(expr, own)


def _depths(columns: Columns) -> dict[str, int]:
    """How many stages come before each column: those that it reads must be there."""
    depths: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in depths:
            reads = [leaf.name for leaf in leaves(columns[name]) if isinstance(leaf, Column) and leaf.table == "e"]
            depths[name] = max((depth(read) + 1 for read in reads if read in columns and read != name), default=0)
        return depths[name]

    for name in columns:
        depth(name)
    return depths


def _passed(
    later: list[Expr], kept: list[str], columns: Columns, depth: Mapping[str, int], stage: int
) -> dict[str, Expr]:
    """The columns that later stages, or the result, still need: from the stages before, or from the source."""
    passed: dict[str, Expr] = {}
    for expr in later:
        for leaf in leaves(expr):
            if not isinstance(leaf, Column) or (leaf.table == "e" and depth.get(leaf.name, -1) >= stage):
                continue
            passed.setdefault(_carried(leaf), leaf)
    for name in kept:
        if name not in columns or depth[name] < stage:
            passed.setdefault(name, event(name))
    return passed


def _flat(expr: Expr) -> Expr:
    """What a stage reads of the one below is a column of it, whatever relation it came from."""
    return rewrite(expr, lambda each: event(_carried(each), each.kind) if isinstance(each, Column) else None)


def _carried(column: Column) -> str:
    """The name of a column of a joined relation on its way up."""
    return column.name if column.table == "e" else f"{column.table} {column.name}"


def wanted(items: object) -> list[str]:
    """The columns of rows that expressions read, the keys by which their references lead on included."""
    keys: dict[Via, str] = {"contact": "lead", "home": "lead", "account": "account", "owner": "owner", "": "key"}
    names: dict[str, None] = {}
    for leaf in leaves(items):
        if isinstance(leaf, Column) and leaf.table == "e":
            names[leaf.name] = None
        elif isinstance(leaf, Ref):
            names[keys[leaf.via]] = None
    return list(names)


def made_from(columns: Columns, names: Iterable[str]) -> dict[str, Expr]:
    """Those of the columns that are named, and those that these read, in their order."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in columns and name not in found:
            found.add(name)
            waiting += wanted(columns[name])
    return {name: made for name, made in columns.items() if name in found}
