"""Values as Python expressions, each worked out once and kept under a name; None is missing."""

from __future__ import annotations

import datetime as dt

from rulelang.calendars import counting
from rulelang.engines.python import runtime
from rulelang.engines.python.conditions import FALSE, Conditions, any_of
from rulelang.model.expressions import (
    AsAtDate,
    Call,
    Choose,
    ClockDay,
    Const,
    DefineValue,
    Expression,
    FieldValue,
    Fold,
    Most,
    ParameterValue,
    Pick,
    Quantify,
    Share,
    walk,
)
from rulelang.operators import Clock
from rulelang.operators.table import BY_NAME
from rulelang.planning.nature import counts_time, is_truth, links_of, may_be_na, never_missing
from rulelang.types import DATE, DATETIME, DateTimeType, Duration, Unit

PLAIN = {"add": "+", "subtract": "-", "multiply": "*"}


class Values(Conditions):
    """Writes values."""

    def value(self, node: Expression) -> str:
        """Return a name or a literal that holds the value of an expression."""
        match node:
            case Const(value=value):
                return self._literal(value)
            case AsAtDate():
                return "as_at"
            case ClockDay():
                assert self.clock_day is not None
                return self.clock_day
            case _:
                return self._once(node)

    def _literal(self, value: object) -> str:
        if value is None or isinstance(value, bool | int | str):
            return repr(value)
        return self.constant(value)

    def _once(self, node: Expression) -> str:
        home = self.home(node)
        clocked = any(isinstance(one, ClockDay) for one in walk(node))
        key = (node, self.raw, self.clock_day if clocked else None)
        if clocked:
            # The clock's day is known only where the clock is being written.
            home = self.block
        if key not in home.known:
            with self.inside(home):
                # Parts first, so that they stand above; writing them may not disturb this one.
                home.known[key] = self._write(node)
        return home.known[key]

    def _write(self, node: Expression) -> str:
        match node:
            case FieldValue():
                return self._field(node)
            case DefineValue(record=record, name=name):
                value = self.plan.defines[record, name].value
                # Whether a literal is there needs no test, and Python warns of one: a name has none of that.
                return self.constant(value.value) if isinstance(value, Const) else self.value(value)
            case Fold() | Pick() | Most() | Quantify() | Share():
                return self.over_rows(node)
            case ParameterValue():
                return self._parameter(node)
            case Call() if not is_truth(node) or node.op == "first_known_of":
                return self._call_value(node)
            case Call() if self.is_computed(node):
                return self._call_value(node)
            case Choose() if not is_truth(node):
                return self._choose_value(node)
            case _:
                return self._truth(node)

    def over_rows(self, node: Fold | Pick | Most | Quantify | Share) -> str:
        raise NotImplementedError

    # --- fields ------------------------------------------------------------------------------------------------

    def _field(self, node: FieldValue) -> str:
        name = self.fresh("v")
        read = self.read(node.var, node.name)
        if node.viewed and not self.raw and not self.full and node.type == DATE:
            self.add(f"if ({name} := {read}) is not None and {name} > as_at: {name} = None")
            return name
        self.add(f"{name} = {read}")
        if self.full:
            self.add(f"if {name} is UNREADABLE: {name} = None")
        if node.viewed and not self.raw:
            limit = "as_at_moment" if isinstance(node.type, DateTimeType) else "as_at"
            self.add(f"if {name} is not None and {self._seen(node, name)} > {limit}: {name} = None")
        return name

    def _seen(self, node: FieldValue, name: str) -> str:
        return self.moment(name) if isinstance(node.type, DateTimeType) else name

    def moment(self, name: str) -> str:
        """Return a datetime as a moment that compares, whatever the clocks do."""
        zone = self.zone
        if zone is None or name == "as_at_moment":
            return name
        return f"{self.function(counting.moment)}({name}, {self.constant(zone, 'Z', key='zone')})"

    @property
    def zone(self):  # type: ignore[no-untyped-def]
        name = self.plan.schema.reading.time_zone
        return counting.zone_named(name) if name else None

    # --- truths as values --------------------------------------------------------------------------------------

    def _truth(self, node: Expression) -> str:
        yes, no, na = self.tests(node)
        last = "None" if na == FALSE else f"NA if {na} else None"
        return self.keep(f"True if {yes} else False if {no} else {last}")

    def is_computed(self, node: Expression) -> bool:
        """Say whether a yes or no comes from a function, not from tests on its operands."""
        return isinstance(node, Call) and BY_NAME[node.op].function is not None and node.op not in (
            "is", "is_not", "is_at_least", "is_at_most", "is_more_than", "is_less_than",
            "before", "after", "on_or_before", "on_or_after",
        )  # fmt: skip

    def _choose_value(self, node: Choose) -> str:
        links, last = links_of(node)
        chosen = self.value(last)
        for link in reversed(links):
            yes, no, na = self.tests(link.condition)
            absent = "None" if na == FALSE else f"NA if {na} else None"
            chosen = self.keep(f"{self.value(link.then)} if {yes} else {chosen} if {no} else {absent}")
        return chosen

    # --- operators ---------------------------------------------------------------------------------------------

    def _call_value(self, node: Call) -> str:
        if node.op == "first_known_of":
            return self._first_known(node)
        if node.op in ("latest_of", "earliest_of"):
            return self._latest_of(node)
        names = [self.value(arg) for arg in node.args]
        missing = any_of(
            *(f"{name} is None" for name, arg in zip(names, node.args, strict=True) if not never_missing(arg))
        )
        na = any_of(
            *(
                f"{name} is NA"
                for name, arg in zip(names, node.args, strict=True)
                if may_be_na(arg, self.plan)
            )
        )
        text = self._applied(node, names)
        if missing != FALSE:
            text = f"None if {missing} else {text}"
        if na != FALSE:
            text = f"NA if {na} else {text}"
        return self.keep(text, timed=counts_time(node) or node.op in ("working_days_from", "is_working_day"))

    def _applied(self, node: Call, names: list[str]) -> str:
        """Return an operator applied to operands that are all there."""
        operator = BY_NAME[node.op]
        if node.op in ("add", "subtract") and isinstance(node.args[1], Const):
            length = node.args[1].value
            if isinstance(length, Duration):
                sign = 1 if node.op == "add" else -1
                return self.later(
                    names[0], node.args[0], Duration(sign * length.amount, length.unit), node.calendar
                )
        if node.op in PLAIN and not isinstance(node.args[0].type, type(DATE) | type(DATETIME)):
            return f"{names[0]} {PLAIN[node.op]} {names[1]}"
        function = self.function(operator.function)
        if not operator.clocked:
            return f"{function}({', '.join(names)})"
        return f"{function}({', '.join(names)}, {self.clock(node.calendar)})"

    def clock(self, calendar: str | None) -> str:
        """Return the name of what a count needs besides its operands."""
        made = Clock(self.plan.calendars.get(calendar or ""), self.zone)
        return self.constant(made, "C", key=calendar)

    def later(self, name: str, node: Expression, length: Duration, calendar: str | None) -> str:
        """Return the text of a date or moment a fixed time after another."""
        day = f"{name}.date()" if isinstance(node.type, DateTimeType) else name
        match length.unit:
            case Unit.DAYS | Unit.WEEKS:
                days = length.amount * (7 if length.unit is Unit.WEEKS else 1)
                return f"{day} + {self.constant(dt.timedelta(days=days), 'D')}"
            case Unit.WORKING_DAYS:
                table = self.plan.calendars[calendar or ""].due_table(length.amount)
                return f"{self.constant(table, 'W', key=(calendar, length.amount))}[{day}]"
            case Unit.MONTHS | Unit.YEARS:
                months = length.amount * (12 if length.unit is Unit.YEARS else 1)
                return f"{self.function(counting.add_months)}({day}, {months})"
            case _:
                return (
                    f"{self.function(counting.add_duration)}({name}, {self.constant(length)}, None, "
                    f"{self._zone_name()})"
                )

    def _zone_name(self) -> str:
        zone = self.zone
        return "None" if zone is None else self.constant(zone, "Z", key="zone")

    def _first_known(self, node: Call) -> str:
        text = ""
        for arg in node.args[:-1]:
            name = self.value(arg)
            if never_missing(arg):
                return self.keep(text + name)
            text += f"{name} if {name} is not None else "
        return self.keep(text + self.value(node.args[-1]))

    def _latest_of(self, node: Call) -> str:
        names = [self.value(arg) for arg in node.args]
        function = self.function(runtime.latest if node.op == "latest_of" else runtime.earliest)
        listed = f"[t for t in ({', '.join(names)},) if t is not None]"
        text = f"{function}({listed})"
        if isinstance(node.type, DateTimeType) and self.zone is not None:
            best = "max" if node.op == "latest_of" else "min"
            text = f"{best}({listed}, key=lambda t: {self.moment('t')}, default=None)"
        na = any_of(
            *(f"{n} is NA" for n, arg in zip(names, node.args, strict=True) if may_be_na(arg, self.plan))
        )
        return self.keep(text if na == FALSE else f"NA if {na} else {text}")

    def _parameter(self, node: ParameterValue) -> str:
        parameter = self.plan.parameters[node.name]
        if node.day is None:
            return self.keep(f"given[{node.name!r}]")
        day = self.value(node.day)
        days = self.constant(tuple(since for since, _ in parameter.editions), "E")
        values = self.constant(
            tuple(value for _, value in parameter.editions), "E", key=("values", node.name)
        )
        text = f"{self.function(runtime.edition)}({days}, {values}, {day})"
        if may_be_na(node.day, self.plan):
            text = f"NA if {day} is NA else {text}"
        return self.keep(text)
