"""The SQL of a plan for people to read: laid out, with a note on what the engine does not make itself."""

from __future__ import annotations

from sqlglot import ErrorLevel, UnsupportedError, exp

from ..plan.steps import AT_HAND, EVERY, INSTANT, DecayStep, Plan, Step
from ..sql.queries import query
from ..sql.statements import create


class CannotSay(Exception):
    """A dialect has no words for a step."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"step `{step}` cannot be said: {reason}")
        self.step = step


def statement(step: Step | DecayStep, dialect: str = "duckdb") -> str:
    """The statement that makes a step; of a table that Scoreline fills, the query for the ages that it needs.

    Raises CannotSay.
    """
    tree: exp.Expr = query(step.ages) if isinstance(step, DecayStep) else create(step)
    if dialect != "duckdb":
        tree = tree.transform(_with_plain_joins).transform(_without_maps)
    try:
        return tree.sql(dialect=dialect, pretty=True, unsupported_level=ErrorLevel.RAISE, max_unsupported=1)
    except UnsupportedError as error:
        raise CannotSay(step.name, str(error).splitlines()[0]) from None


def _with_plain_joins(node: exp.Expr) -> exp.Expr:
    """A query in which nothing comes between what an ASOF join asks for and what it takes, for who has no such join."""
    if isinstance(node, exp.Select):
        for join in node.args.get("joins") or ():
            if join.method == "ASOF":
                join.set("method", None)
                node.where(exp.not_(exp.Exists(this=_between(join))), copy=False)
    return node


def _without_maps(node: exp.Expr) -> exp.Expr:
    """What is looked up by a text as a chain of tests, for who has no maps."""
    if isinstance(node, exp.Bracket) and isinstance(node.this, exp.ToMap):
        (item,) = node.expressions
        tests = [exp.If(this=each.this, true=each.expression) for each in node.this.this.expressions]
        return exp.Case(this=item, ifs=tests)
    return node


def _between(join: exp.Join) -> exp.Select:
    """What lies between what a join asks for and what it takes."""
    test, between = join.args["on"], exp.to_identifier("between", quoted=True)
    taken, others = test.expression, join.this.copy()
    others.set("alias", exp.TableAlias(this=between))
    nearer = exp.column(taken.this.copy(), table=between.copy())
    tests = exp.LTE(this=test.this.copy(), expression=nearer), nearer.copy() < taken.copy()
    return exp.Select(expressions=[exp.Literal.number(1)]).from_(others).where(*tests)


def note(plan: Plan, step: Step | DecayStep) -> str:
    """What must be known to run the statement of a step elsewhere, or to read its results; '' where that is nothing."""
    for level, columns in plan.results.items():
        renamed = [f'"{column.name}" is {column.title}' for column in columns if column.name != column.title]
        if step.name == f"{level}_results" and renamed:
            return ", ".join(renamed)
    if isinstance(step, DecayStep):
        filled = ("decay", "age", "units") if step.long else ("age", *(column.name for column in step.columns))
        return f"Scoreline works this table out ({', '.join(filled)}) for the ages that this query finds"
    return ""


def note_on_instant(plan: Plan) -> str:
    """What the relation of one row holds that nothing makes."""
    columns = ("as_of", *(column.name for column in plan.instant))
    if any(EVERY in step.reads for step in plan.steps):
        return (
            f'"{INSTANT}" is an instant ({", ".join(columns)}), "{EVERY}" are all, "{AT_HAND}" the first and the last '
            "of some that are worked on; a replay has a column for the number"
        )
    return f'"{INSTANT}" is one row ({", ".join(columns)}); a run writes its values in its place'
