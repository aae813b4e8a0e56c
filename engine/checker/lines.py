"""Scores: their lines, modifiers and blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import NoReturn

from ...grammar import nodes as n
from ...grammar.diagnostics import Related
from ...grammar.printer import to_text
from ...grammar.source import Span
from .. import model as m
from .aggregates import lead_set
from .aging import ages_by
from .events import chosen, length, often
from .scope import Refused, Scope

LONGEST_ID = 48
_PERIODS = ("day", "week", "month", "contact")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass
class Ids:
    """The ids of lines and groups: written ones are unique, others are made from the text (decision 65)."""

    written: dict[str, Span] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)

    def claim(self, name: str, span: Span, scope: Scope) -> str:
        """A written id; a second one of that name is noted."""
        if name in self.written:
            scope.note(
                "T131",
                f"the id `{name}` is taken",
                span,
                "the second of that name",
                "give one of the two another id",
                (Related(self.written[name], "the first one"),),
            )
        self.written.setdefault(name, span)
        return name

    def make(self, score: str, text: str) -> str:
        """An id from the canonical text of a condition, with _2, _3 on a clash."""
        plain = re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_")
        base = f"{score}.{plain}"[:LONGEST_ID].rstrip("_")
        self.made[base] = self.made.get(base, 0) + 1
        return base if self.made[base] == 1 else f"{base}_{self.made[base]}"


@dataclass
class ScoreReader:
    """Reads one score. `disqualifications` are the `disqualify` lines found in it, in file order."""

    scope: Scope
    name: str
    ids: Ids
    disqualifications: list[m.Disqualification] = field(default_factory=list)

    def items(
        self, body: n.Body, decay: n.Decay | None, gates: tuple[m.Expr, ...], kind: str
    ) -> tuple[m.Line | m.Block, ...]:
        """The items of a body; what is wrong is noted and left out."""
        if body.counting_since is not None:
            self._later("`counting since`", body.counting_since.span)
        decay = body.decay or decay
        found: list[m.Line | m.Block] = []
        for index, item in enumerate(body.items):
            try:
                if isinstance(item, n.Otherwise) and (kind != "first" or index < len(body.items) - 1):
                    self.scope.refuse("T146", "`otherwise` is the last line of a `first of`", item.span, "not here")
                made = self._item(item, decay, gates, kind)
                if made is not None:
                    found.append(made)
            except Refused:
                continue
        return tuple(found)

    def _later(self, what: str, span: Span) -> None:
        """A part for a later version: noted, and the rest of the body read on without it."""
        try:
            self.scope.later(what, span)
        except Refused:
            return

    def _item(
        self, item: n.Item, decay: n.Decay | None, gates: tuple[m.Expr, ...], kind: str
    ) -> m.Line | m.Block | None:
        if isinstance(item, n.Line | n.Otherwise):
            if isinstance(item.effect, n.Disqualify):
                self._disqualify(item, gates, kind)
                return None
            return self._line(item, decay)
        if isinstance(item, n.Group):
            bounds = self._bounds(item.bounds)
            self.ids.claim(item.name, item.span, self.scope)
            items = self.items(item.body, decay, gates, "group")
            return m.Block("group", items, item.name, bounds=bounds, span=item.span)
        if isinstance(item, n.FirstOf):
            return m.Block("first", self.items(item.body, decay, gates, "first"), span=item.span)
        if isinstance(item, n.When):
            condition = self.scope.condition(item.condition)
            return m.Block(
                "when", self.items(item.body, decay, (*gates, condition), kind), condition=condition, span=item.span
            )
        if isinstance(item, n.BestOf):
            self.scope.later(
                "`best of`", item.span, "give each line its own points, or write `first of` with the largest first"
            )
        assert isinstance(item, n.Remove)
        self.scope.refuse(
            "R108",
            f"`remove {item.id}` takes a line of a base ruleset out, and there is none",
            item.span,
            "no base",
            "name one with `extends:`",
        )

    # --- lines --------------------------------------------------------------------------

    def _line(self, item: n.Line | n.Otherwise, default: n.Decay | None) -> m.Line:
        head = item.head if isinstance(item, n.Line) else n.Always(span=item.span)
        text = to_text(head) if isinstance(item, n.Line) else "otherwise"
        line_id = self._id(item, text)
        if isinstance(head, n.Each):
            each, points_scope = self._each(head)
            condition = None
        else:
            each, condition, points_scope = None, self.scope.condition(head), self.scope
        effect = self._effect(item.effect, points_scope, each)
        self._fit_modifiers(item.modifiers, item.effect, each)
        return m.Line(
            id=line_id,
            effect=effect,
            condition=condition,
            each=each,
            at_most=tuple(self._at_most(mod, each) for mod in item.modifiers if isinstance(mod, n.AtMost | n.Cooldown)),
            bounds=self._bounds(tuple(mod for mod in item.modifiers if isinstance(mod, n.Bound))),
            decay=self._decay(item, default, condition, each, effect),
            label=item.label,
            text=text,
            has_written_id=item.id is not None,
            span=item.span,
        )

    def _id(self, item: n.Line | n.Otherwise, text: str) -> str:
        if item.id is not None:
            return self.ids.claim(item.id, item.span, self.scope)
        return self.ids.make(self.name, text)

    def _effect(self, node: n.Effect, scope: Scope, each: m.Each | None) -> m.Points | m.Times:
        if isinstance(node, n.SetTo):
            self.scope.later("`set`", node.span, "bound the score with its range, or a group with `max` and `min`")
        if isinstance(node, n.Times):
            if each is not None:
                self._refuse_times(node)
            factor = self.scope.number(node.value)
            if isinstance(factor, m.Const) and isinstance(factor.value, float) and factor.value < 0:
                self.scope.refuse(
                    "T120", "a factor is not negative", node.span, "below 0", "to take points away write `=> -10`"
                )
            return m.Times(factor)
        assert isinstance(node, n.Points)
        self._at_most_four_decimals(node.value)
        value = scope.number(node.value)
        if each is not None and each.unit not in ("event", "lead"):
            self._only_the_group(node.value, value, each)
        if node.sign == "-":
            value = self._negated(value)
        return m.Points(value)

    def _refuse_times(self, node: n.Times) -> NoReturn:
        self.scope.refuse(
            "T141",
            "a factor multiplies once, not for each event",
            node.span,
            "on an `each` line",
            "write a condition: `S at least 3 times => *1.5`",
        )

    @staticmethod
    def _negated(value: m.Expr) -> m.Expr:
        if isinstance(value, m.Const) and isinstance(value.value, float):
            return replace(value, value=-value.value)
        return m.Arith("-", m.Const(0.0, kind="number"), value, kind="number", origin=value.origin)

    def _at_most_four_decimals(self, node: n.Expr) -> None:
        if isinstance(node, n.Number) and -int(node.value.as_tuple().exponent) > 4:
            self.scope.refuse(
                "T119",
                "points have at most 4 decimals",
                node.span,
                "too many decimals",
                f"write `{round(node.value, 4)}`",
            )

    def _only_the_group(self, node: n.Expr, value: m.Expr, each: m.Each) -> None:
        """Of a day or a value only its date or property is in scope (decision 17)."""
        for part in value.walk():
            read = isinstance(part, m.Prop | m.EventAttr)
            own = part == each.prop or (each.unit != "value" and isinstance(part, m.EventAttr) and part.name == "date")
            if read and not own:
                what = "the value itself" if each.unit == "value" else "its `date`"
                self.scope.refuse(
                    "G105",
                    f"a {each.unit} has many events: only {what} can be read",
                    node.span,
                    "a property of single events",
                    "write `each S => …` for points of each event",
                )

    # --- each ---------------------------------------------------------------------------

    def _each(self, node: n.Each) -> tuple[m.Each, Scope]:
        if isinstance(node.of, n.Leads):
            leads = lead_set(node.of, self.scope)
            return m.Each("lead", leads=leads), self.scope.on_members()
        if node.unit == "event" and node.often is not None:
            self.scope.refuse(
                "T144",
                "how often stands on groups of events, not on each event",
                node.often.span,
                "nothing to count",
                "drop `each`, or write `each day with …`",
            )
        found, types = chosen(node.of, self.scope)
        count = often(node.often, self.scope) if node.often is not None else None
        inside = self.scope.on_events(types)
        prop = inside.value(node.prop, "text", "number", "bool", "date", "timestamp") if node.prop is not None else None
        return m.Each(node.unit, found, prop, count), replace(inside, points=True)

    # --- modifiers ----------------------------------------------------------------------

    def _fit_modifiers(self, modifiers: tuple[n.Modifier, ...], effect: n.Effect, each: m.Each | None) -> None:
        seen: dict[object, n.Modifier] = {}
        for modifier in modifiers:
            if not isinstance(effect, n.Points):
                self.scope.refuse(
                    "T141",
                    f"`{to_text(modifier)}` works on points that are added",
                    modifier.span,
                    "not on this effect",
                    "take it out, or add points instead",
                )
            key: object = type(modifier)
            if isinstance(modifier, n.Bound):
                key = (modifier.kind, modifier.per)
            if key in seen and not isinstance(modifier, n.AtMost):
                self.scope.refuse(
                    "T142",
                    f"`{to_text(modifier)}` comes on top of another",
                    modifier.span,
                    "the second one",
                    "keep one of them",
                    (Related(seen[key].span, "the first one"),),
                )
            seen[key] = modifier
            if isinstance(modifier, n.AtMost | n.Cooldown) and (each is None or each.unit == "lead"):
                self.scope.refuse(
                    "T145",
                    f"`{to_text(modifier)}` counts events, and this line pays once",
                    modifier.span,
                    "without `each`",
                    "begin the line with `each`, if every event should pay",
                )
            if isinstance(modifier, n.NoDecay):
                self.scope.later("`no decay`", modifier.span)

    def _bounds(self, nodes: tuple[n.Bound, ...]) -> tuple[m.Bound, ...]:
        found = []
        for node in nodes:
            if node.per is not None:
                self.scope.later(
                    f"`{to_text(node)}`, a bound for each {node.per},",
                    node.span,
                    f"`at most 3 per {node.per}` bounds how many events count",
                )
            found.append(m.Bound(node.kind, self.scope.number(node.value)))
        self._right_way_round(nodes, tuple(found))
        return tuple(found)

    def _right_way_round(self, nodes: tuple[n.Bound, ...], bounds: tuple[m.Bound, ...]) -> None:
        values = {bound.kind: bound.value.value for bound in bounds if isinstance(bound.value, m.Const)}
        low, high = values.get("min"), values.get("max")
        if isinstance(low, float) and isinstance(high, float) and low > high:
            self.scope.refuse(
                "T132", "`min` is above `max`", nodes[-1].span, "the wrong way round", "swap the two numbers"
            )

    def _at_most(self, node: n.AtMost | n.Cooldown, each: m.Each | None) -> m.AtMost | m.Cooldown:
        assert each is not None and each.selection is not None
        if isinstance(node, n.Cooldown):
            self.scope.later(
                f"`{to_text(node)}`, a cooldown,", node.span, "`at most once per week` counts by calendar weeks"
            )
        per = str(node.per)
        count = self.scope.number(node.count)
        if isinstance(count, m.Const) and isinstance(count.value, float) and count.value < 1:
            self.scope.refuse("T120", "`at most` needs a count of 1 or more", node.count.span, "nothing would count")
        if per == "contact" and self.scope.level == "lead":
            self.scope.refuse("G104", "a lead rule sees the events of one contact", node.per.span, "one contact only")
        if per in _PERIODS:
            return m.AtMost(count, per)  # type: ignore[arg-type]
        types = tuple(
            dict.fromkeys(
                item for test in each.selection.test.walk() if isinstance(test, m.OfType) for item in test.types
            )
        )
        return m.AtMost(count, "value", self.scope.on_events(types).resolve(node.per))

    # --- decay --------------------------------------------------------------------------

    def _decay(
        self,
        item: n.Line | n.Otherwise,
        default: n.Decay | None,
        condition: m.Expr | None,
        each: m.Each | None,
        effect: object,
    ) -> m.Decay | None:
        own = next((mod for mod in item.modifiers if isinstance(mod, n.Decay)), None)
        if own is None and (default is None or not isinstance(effect, m.Points)):
            return None
        if each is not None:
            if each.unit == "lead":
                if own is not None:
                    self.scope.refuse(
                        "T141", "leads have no age: `each lead` cannot decay", own.span, "nothing to age by"
                    )
                return None
            return self._decay_node(own or default, None)
        assert condition is not None
        by, reason = ages_by(condition)
        if by is None:
            if own is not None:
                self.scope.refuse(
                    "T140",
                    f"a decay needs the age of an event, and {reason}",
                    own.span,
                    "which event's age?",
                    "make one selection decide, or write `each S => …`, where every event has its own age",
                )
            return None
        return self._decay_node(own or default, by)

    def _decay_node(self, node: n.Decay | None, by: m.Selection | None) -> m.Decay:
        assert node is not None
        for part, what in ((node.floor, "`to`"), (node.grace, "`after`"), (node.since, "`since`")):
            if part is not None:
                self.scope.later(f"{what} in a decay", part.span)
        if node.kind.startswith("loses"):
            self.scope.later("`loses …`", node.span, "`fades over` and `halves every` are there already")
        if node.period.unit not in ("minute", "hour", *_DAYS):
            self.scope.refuse(
                "T120",
                f"a decay counts its age in minutes, hours or days, not in {node.period.unit}s",
                node.period.span,
                "not a unit of age",
            )
        count = self.scope.constant(node.period.count, "the length of a decay")
        if count <= 0:
            self.scope.refuse("T120", "a decay needs a length above 0", node.period.span, "nothing to decay over")
        if node.period.unit in _DAYS:
            return m.Decay(node.kind, "day", count * _DAYS[node.period.unit], ages_by=by)
        return m.Decay(node.kind, node.period.unit, count, ages_by=by)  # type: ignore[arg-type]

    # --- disqualification ---------------------------------------------------------------

    def _disqualify(self, item: n.Line | n.Otherwise, gates: tuple[m.Expr, ...], kind: str) -> None:
        effect = item.effect
        assert isinstance(effect, n.Disqualify)
        if kind == "first" or isinstance(item, n.Otherwise):
            self.scope.refuse(
                "T145",
                "`disqualify` gives no points, so `first of` cannot choose it",
                item.span,
                "inside `first of`",
                "move it out of the block",
            )
        if isinstance(item.head, n.Each):
            self.scope.refuse(
                "T141", "one event is enough to disqualify", item.head.span, "`each` on `disqualify`", "drop `each`"
            )
        text = to_text(item.head)
        line_id = self._id(item, text)
        self._fit_modifiers(item.modifiers, effect, None)
        condition = self.scope.condition(item.head)
        lasting, by = None, None
        if effect.lasting is not None:
            lasting = length(effect.lasting, self.scope)
            by, reason = ages_by(condition)
            if by is None:
                self.scope.refuse(
                    "T140",
                    f"`for {to_text(effect.lasting)}` counts from an event, and {reason}",
                    effect.lasting.span,
                    "from which event?",
                )
        whole = m.And((*gates, condition)) if gates else condition
        self.disqualifications.append(
            m.Disqualification(
                self.scope.level,
                line_id,
                effect.reason,
                whole,
                lasting,
                by,
                self.name,
                0,
                item.label,
                text,
                item.id is not None,
                item.span,
            )
        )
