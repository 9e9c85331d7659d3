"""Choices, records and fields: from what is written to the schema that readers and engines share."""

from __future__ import annotations

from attrs import define, field

from rulelang.analysis.additions import last_of, restated
from rulelang.analysis.findings import Findings, meant, there_are
from rulelang.analysis.kinds import told
from rulelang.analysis.lineage import check_joins, find_case
from rulelang.analysis.names import Declared, Names
from rulelang.model.records import Choice, Field, Reading, Record, Schema, fold_choice
from rulelang.source import Place, Span
from rulelang.syntax import ast
from rulelang.types import (
    ANY,
    DATE,
    DATETIME,
    DURATION,
    JUDGEMENT,
    NUMBER,
    PARTIAL_DATE,
    TEXT,
    WHOLE,
    YES_NO,
    AnyType,
    ChoiceType,
    DateTimeType,
    DateType,
    ListType,
    PartialDateType,
    Type,
    YesNoType,
)

MODIFIERS = ("key", "optional", "planned", "column", "blank")
BASIC: dict[ast.BasicType, Type] = {
    ast.BasicType.TEXT: TEXT,
    ast.BasicType.YES_NO: YES_NO,
    ast.BasicType.JUDGEMENT: JUDGEMENT,
    ast.BasicType.WHOLE_NUMBER: WHOLE,
    ast.BasicType.NUMBER: NUMBER,
    ast.BasicType.DATE: DATE,
    ast.BasicType.DATETIME: DATETIME,
    ast.BasicType.PARTIAL_DATE: PARTIAL_DATE,
    ast.BasicType.DURATION: DURATION,
}
REFUSED_VALUES = ("missing", "known", "yes", "no", "as_at", "readable", "unique")


@define
class Records:
    """Builds the schema of a pack. `choices` are the declared ones by name."""

    names: Names
    findings: Findings
    choices: dict[str, Choice] = field(factory=dict)

    def build(self, reading: Reading) -> Schema | None:
        """Return the schema, or None where there is no case record to build on."""
        for declared in self.names.kind("choice").values():
            self.choices[declared.node.name.text] = self._choice(declared)
        records = tuple(self._record(name) for name in self.names.kind("record"))
        listed = {
            one.type.record for each in records for one in each.fields if isinstance(one.type, ListType)
        }
        complete = listed <= {each.name for each in records} and not self.names.homeless
        case = find_case(records, self.findings, complete=complete)
        check_joins(records, self.findings)
        return Schema(case, records, reading) if case is not None else None

    def _choice(self, declared: Declared) -> Choice:
        node: ast.ChoiceDecl = declared.node
        self._check_values(declared, [value.name for value in node.values])
        spellings: dict[str, tuple[str, ast.Text | ast.Name]] = {}
        for value in node.values:
            spelt: tuple[ast.Text | ast.Name, ...] = (value.name, *value.spellings)
            for written in spelt:
                text = written.text if isinstance(written, ast.Name) else written.value
                self._add_spelling(declared, spellings, text, value.name.text, written)
        values = tuple(value.name.text for value in node.values)
        return Choice(
            ChoiceType(node.name.text, values, node.ordered),
            node.title.value if node.title else None,
            tuple((text, value) for text, (value, _) in spellings.items()),
            declared.place,
        )

    def _add_spelling(
        self,
        declared: Declared,
        spellings: dict[str, tuple[str, ast.Text | ast.Name]],
        text: str,
        value: str,
        written: ast.Text | ast.Name,
    ) -> None:
        folded = fold_choice(text)
        other = spellings.get(folded)
        if other is not None and other[0] != value:
            self.findings.error(
                "ambiguous-spelling",
                f'"{text}" is given as a spelling of both `{other[0]}` and `{value}`',
                Place(declared.file, written.span),
                f"here for `{value}`",
                others=[(Place(declared.file, other[1].span), f"here for `{other[0]}`")],
                hint="Letter case and blanks do not tell spellings apart. Keep it for one of the two.",
            )
            return
        spellings.setdefault(folded, (value, written))

    def _check_values(self, declared: Declared, values: list[ast.Name]) -> None:
        seen: dict[str, ast.Name] = {}
        for name in values:
            place = Place(declared.file, name.span)
            if name.text in REFUSED_VALUES:
                self.findings.error(
                    "reserved-value",
                    f"`{name.text}` cannot be a value of a choice: it has a meaning of its own in conditions",
                    place,
                    hint=f'Choose another word, and give "{name.text}" as its spelling in the export.',
                )
            if name.text in seen:
                self.findings.error(
                    "declared-twice",
                    f"`{name.text}` stands twice among the values",
                    place,
                    "again here",
                    others=[(Place(declared.file, seen[name.text].span), "first here")],
                )
            seen.setdefault(name.text, name)

    def _record(self, name: str) -> Record:
        parts = self.names.parts_of(name)
        fields: dict[str, Field] = {}
        for part in parts:
            self._add_fields(part, fields)
        self._check_keys(name, fields)
        titled, read = last_of(parts, "title"), last_of(parts, "read_from")
        return Record(
            name,
            tuple(fields.values()),
            titled.node.title.value if titled else None,
            read.node.read_from.value if read else None,
            self._dated(last_of(parts, "dated"), fields),
            parts[-1].place,
        )

    def _add_fields(self, part: Declared, fields: dict[str, Field]) -> None:
        """Add the fields of one declaration to those that the record has from the packs that are used."""
        record = part.node.name.text
        here: dict[str, Field] = {}
        for one in part.node.fields:
            built = self._field(part, one)
            first = here.setdefault(built.name, built)
            if first is not built:
                self.findings.error(
                    "declared-twice",
                    f"the field `{built.name}` of `{record}` is declared twice",
                    built.place,
                    "again here",
                    others=[(first.place, "first here")],
                )
            elif built.name in fields:
                here[built.name] = restated(fields[built.name], built, record, self.findings)
        fields.update(here)

    def _check_keys(self, record: str, fields: dict[str, Field]) -> None:
        keys = [one for one in fields.values() if one.key]
        for again in keys[1:]:
            self.findings.error(
                "two-keys",
                f"the record `{record}` has more than one key",
                again.place,
                "the second key",
                others=[(keys[0].place, "the first")],
                hint="One field names the row: leave `key` on that one.",
            )

    def _dated(self, declared: Declared | None, fields: dict[str, Field]) -> str | None:
        if declared is None:
            viewed = (one for one in fields.values() if one.is_dated and one.is_viewed and not one.optional)
            return next((one.name for one in viewed), None)
        named: ast.Name = declared.node.dated
        one = fields.get(named.text)
        place = Place(declared.file, named.span)
        if one is None:
            dates = [name for name, each in fields.items() if each.is_dated]
            near = meant(named.text, dates)
            self.findings.error(
                "unknown-name",
                f"`{named.text}` is not a field of `{declared.node.name.text}`",
                place,
                near,
                hint=None if near else there_are("dates of it", dates),
            )
        elif not one.is_dated and one.type != ANY:
            self.findings.error(
                "wrong-type",
                f"a row is there from a date, and `{one.name}` is {told(one.type)}",
                place,
                others=[(one.place, "declared here")],
            )
        return named.text if one is not None else None

    def _field(self, declared: Declared, node: ast.FieldDecl) -> Field:
        place = Place(declared.file, node.name.span)
        choice: Choice | None = None
        by: str | None = None
        match node.type:
            case ast.BasicType() as basic:
                kind: Type = BASIC[basic]
            case ast.ChoiceRef(name=name):
                choice = self._choice_named(declared, node.name, name)
                # Of no known type: later messages about it would be a cascade.
                kind = choice.type if choice is not None else ANY
            case ast.InlineChoice(values=values):
                self._check_values(declared, list(values))
                kind = ChoiceType(None, tuple(value.text for value in values))
                choice = Choice(kind, spellings=tuple((fold_choice(v), v) for v in kind.values))
            case ast.ListOf(record=record, by=by_name):
                kind = ListType(record.text)
                by = by_name.text if by_name else None
                self._check_list(declared, node.type)
        self._check_modifiers(declared, node, kind)
        return Field(
            node.name.text,
            kind,
            node.key,
            node.optional or node.blank_is_no,
            node.planned,
            node.column.value if node.column else None,
            node.title.value if node.title else None,
            choice,
            by,
            node.blank_is_no and kind == YES_NO,
            place,
        )

    def _choice_named(self, declared: Declared, field_: ast.Name, name: ast.Name) -> Choice | None:
        found = self.choices.get(name.text)
        if found is not None:
            return found
        if self._is_misspelt_modifier(declared, field_) or self._is_named_like_a_mark(declared, field_):
            return None
        kinds = [*self.choices, *(kind.value for kind in ast.BasicType)]
        near = meant(name.text, kinds)
        self.findings.error(
            "unknown-type",
            f"`{name.text}` is not a type: there is no choice of that name",
            Place(declared.file, name.span),
            near,
            hint=_types_hint(name.text, near, self.names),
        )
        return None

    def _is_named_like_a_mark(self, declared: Declared, field_: ast.Name) -> bool:
        """Report `planned date optional`: its first word was read as a mark of the field above."""
        text, start = declared.file.text, field_.span.start
        line = text.rfind("\n", 0, start) + 1
        word = text[line:start].strip()
        if word not in MODIFIERS:
            return False
        begins = text.index(word, line)
        self.findings.error(
            "reserved-word",
            f"`{word}` is a word of the language, and was read as part of the field above",
            Place(declared.file, Span(begins, begins + len(word))),
            hint=f"As the name of a field it stands in backquotes: `` `{word}` {field_.text} ``. "
            "So it does wherever it is named.",
        )
        return True

    def _is_misspelt_modifier(self, declared: Declared, field_: ast.Name) -> bool:
        """Report a word such as `optionl` that was read as a field of its own, after another on the same line."""
        text, start = declared.file.text, field_.span.start
        near = meant(field_.text, MODIFIERS)
        if not near or not text[text.rfind("\n", 0, start) + 1 : start].strip():
            return False
        place = Place(declared.file, field_.span)
        message = f"`{field_.text}` is not part of the language here"
        hint = "A line of it is written like this: `rmp_completed date optional`"
        self.findings.error("misspelt-words", message, place, near, hint=hint)
        return True

    def _check_list(self, declared: Declared, node: ast.ListOf) -> None:
        records = self.names.kind("record")
        child = records.get(node.record.text)
        if child is None:
            near = meant(node.record.text, records)
            self.findings.error(
                "unknown-record",
                f"there is no record `{node.record.text}`",
                Place(declared.file, node.record.span),
                near,
                hint=None if near else there_are("records", records),
            )

    def _check_modifiers(self, declared: Declared, node: ast.FieldDecl, kind: Type) -> None:
        place = Place(declared.file, node.name.span)
        if node.planned and not isinstance(kind, DateType | DateTimeType | PartialDateType | AnyType):
            self.findings.error(
                "wrong-type",
                f"only a date can be `planned`, and `{node.name.text}` is {told(kind)}",
                place,
                hint="`planned` says that a date may lie ahead of the as-at date.",
            )
        if node.blank_is_no and not isinstance(kind, YesNoType | AnyType):
            self.findings.error(
                "wrong-type",
                f"only of a yes or no a blank can be no, and `{node.name.text}` is {told(kind)}",
                place,
                hint="Take `blank is no` out, or declare the field as `yes/no`.",
            )
        if node.key and isinstance(kind, ListType):
            self.findings.error(
                "wrong-type", f"a list cannot be the key: `{node.name.text}` is {told(kind)}", place
            )


def _types_hint(name: str, near: str, names: Names) -> str | None:
    if near:
        return None
    if name in names.kind("record"):
        return f"`{name}` is a record: write `list of {name}`."
    return (
        "The types are text, yes/no, judgement, whole number, number, date, datetime, partial date, duration,\n"
        "a declared choice, `one of a or b`, and `list of` a record."
    )
