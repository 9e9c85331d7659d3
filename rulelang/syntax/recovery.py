"""What is left of a text that cannot be read: every line that can be, a message for every other."""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

from rulelang.diagnostics import Diagnostic, Fix, Label, did_you_mean, or_list
from rulelang.source import Place, SourceFile, Span
from rulelang.syntax import ast, patterns
from rulelang.syntax.building import Builder, actions_of
from rulelang.syntax.complaints import complain, slip_diagnostic
from rulelang.syntax.grammar import parser
from rulelang.syntax.machine import Stop
from rulelang.syntax.swallowed import swallows_a_slip
from rulelang.syntax.tables import END
from rulelang.syntax.tokens import Reading, Token
from rulelang.syntax.trouble import Trouble, trouble_of, wrapped
from rulelang.syntax.units import WHOLE, Unit, before, begins_with, cut, lines_of, probe

# More messages about one line than these help nobody.
MOST_IN_A_LINE = 5
_WORD = re.compile(r"[^\W\d]\w*")
_TERMINALS = {kind: kind.upper() for kind in patterns.DECLARATIONS}


@attrs.define
class Recovered:
    """What could be read of a piece, what could not, and what is to be said of it."""

    declarations: list[ast.Declaration] = attrs.field(factory=list)
    diagnostics: list[Diagnostic] = attrs.field(factory=list)
    unread: list[ast.Unread] = attrs.field(factory=list)

    def take(self, other: Recovered) -> None:
        """Add what another piece gave."""
        self.declarations += other.declarations
        self.diagnostics += other.diagnostics
        self.unread += other.unread


def rejoin(
    file: SourceFile, pieces: Iterable[tuple[int, int]]
) -> tuple[list[tuple[int, int]], list[Diagnostic]]:
    """Join each piece that begins like a line of the declaration above to that declaration, and say so."""
    joined: list[tuple[int, int]] = []
    diagnostics: list[Diagnostic] = []
    kind = ""
    for start, end in pieces:
        word = _first_word(file.text, start, end)
        if word in patterns.DECLARATIONS or not joined:
            kind = word
            joined.append((start, end))
        elif kind in patterns.DECLARATIONS and _is_line_of(file.text, start, end, kind):
            diagnostics.append(_not_indented(file, start, word, kind))
            joined[-1] = (joined[-1][0], end)
        else:
            near = _near_declaration(word)
            kind = near or ""
            joined.append((start, end))
    return joined, diagnostics


def recover(file: SourceFile, piece: Span) -> Recovered:
    """Read a piece line by line, after it could not be read as one."""
    text = file.text
    inner = next(lines_of(text, piece), None)
    if inner is None:
        return Recovered()
    start = inner[0]
    word = _first_word(text, start, piece.end)
    if word in patterns.DECLARATIONS:
        return _recover_kind(file, Span(start, piece.end), word, ())
    kind = _near_declaration(word)
    if kind is None:
        return _unknown_declaration(file, Span(start, piece.end), word)
    place = Place(file, Span(start, start + len(word)))
    message = f"no declaration begins with `{word}`"
    misspelt = Diagnostic(
        "misspelt-declaration",
        message,
        Label(place, f"did you mean `{kind}`?"),
        hint=f"It is written like this: `{patterns.DECLARATIONS[kind]}`",
        fix=Fix(place, kind),
    )
    lead = (Token(_TERMINALS[kind], kind, start, start + len(word)),)
    found = _recover_kind(file, Span(start + len(word), piece.end), kind, lead)
    found.diagnostics.insert(0, misspelt)
    return found


def recover_expression(file: SourceFile) -> tuple[ast.Expr | None, tuple[Diagnostic, ...]]:
    """Return the expression as it was meant, or nothing, and what is wrong with it."""
    machine = parser()
    reading = Reading()
    end = len(file.text)
    walk = machine.walk(file.text, 0, end, goal="expression", reading=reading)
    diagnostics = [slip_diagnostic(file, slip) for slip in reading.slips]
    if walk.stopped is None and machine.viable(walk.stack, END):
        builder = Builder(file)
        actions = actions_of(builder, machine.table)
        made: ast.Expr = machine.parse(
            file.text, 0, end, goal="expression", actions=actions, reading=Reading()
        )
        return made, (*diagnostics, *builder.diagnostics)
    if not any(slip.doubtful for slip in reading.slips):
        start = len(file.text) - len(file.text.lstrip())
        trouble = Trouble(file, Span(start, end), "", "the expression", walk, (), goal="expression")
        diagnostics.append(complain(trouble).diagnostic)
    return None, tuple(diagnostics)


def _recover_kind(file: SourceFile, piece: Span, kind: str, lead: tuple[Token, ...]) -> Recovered:
    inner = _indented_declaration(file.text, piece, kind)
    if inner is not None:
        found = _recover_part(file, Span(piece.start, inner), kind, lead)
        found.diagnostics.append(indented(file, inner))
        rest = Span(inner, piece.end)
        found.take(_recover_kind(file, rest, _first_word(file.text, inner, piece.end), ()))
        return found
    return _recover_part(file, piece, kind, lead)


def _recover_part(file: SourceFile, piece: Span, kind: str, lead: tuple[Token, ...]) -> Recovered:
    """Read one declaration: as a whole with its slips put right, else line by line."""
    whole = Recovered()
    reading = Reading()
    declaration = _parse(file, file.text, piece, lead, reading, whole)
    if declaration is not None and not swallows_a_slip(declaration, file.text):
        whole.declarations.append(declaration)
        whole.diagnostics += [slip_diagnostic(file, slip) for slip in reading.slips]
        return whole
    found = Recovered()
    units = cut(file.text, piece, kind, lead)
    dropped = _judge(file, units, kind, found)
    name = _name(units[0], lead)
    meant = {place: token for unit in units for place, token in unit.reading.meant.items()}
    text = _blanked(file.text, piece, dropped)
    declaration = _parse(file, text, piece, lead, Reading(meant=meant), found)
    if declaration is not None:
        found.declarations.append(declaration)
    else:
        _complain_of_whole(file, text, piece, lead, meant, _where(kind, name), found)
        found.unread.append(_unread(file.text, kind, name, piece))
    return found


def _complain_of_whole(
    file: SourceFile,
    text: str,
    piece: Span,
    lead: tuple[Token, ...],
    meant: dict[int, Token],
    where: str,
    found: Recovered,
) -> None:
    """Complain where every line can be read, but not all of them together: they are in the wrong order."""
    walk = parser().walk(
        text, piece.start, piece.end, goal="declaration", reading=Reading(meant=meant), before=lead
    )
    if walk.tokens or not found.diagnostics:  # else the first line is lost, which has been said
        kind = lead[0].text if lead else walk.tokens[0].text if walk.tokens else ""
        trouble = Trouble(file, piece, kind, where, walk, lead)
        found.diagnostics.append(complain(trouble).diagnostic)


def _parse(
    file: SourceFile, text: str, piece: Span, lead: tuple[Token, ...], reading: Reading, found: Recovered
) -> ast.Declaration | None:
    builder = Builder(file)
    machine = parser()
    actions = actions_of(builder, machine.table)
    try:
        made: ast.Declaration = machine.parse(
            text, piece.start, piece.end, goal="declaration", actions=actions, reading=reading, before=lead
        )
    except Stop:
        return None
    found.diagnostics += builder.diagnostics
    return made


def _judge(file: SourceFile, units: list[Unit], kind: str, found: Recovered) -> list[Span]:
    """Complain of each unit that cannot be read; return the stretches to leave out, noting whose."""
    dropped: list[Span] = []
    name = _name(units[0], units[0].lead)
    item: str | None = None
    lost_item = False
    for unit in units:
        if unit.context == "item" and unit.head:
            item, lost_item = _name(unit, ()), False
        owner = ("item", item) if unit.context == "item" else (kind, name)
        where = "the case of this example" if unit.context == "case" else _where(*owner)
        _complain_of(file, unit, where, found)
        if unit.read:
            kept = unit.start if lost_item and unit.context == "item" else unit.end
        else:
            kept = _kept_until(unit)
            lost_item = lost_item or (unit.head and unit.context == "item" and kept == unit.start)
        if kept < unit.end:
            dropped.append(Span(kept, unit.end))
            found.unread.append(_unread(file.text, *owner, dropped[-1]))
    return dropped


def _complain_of(file: SourceFile, unit: Unit, where: str, found: Recovered) -> None:
    """Say all that is wrong with a unit, reading on after what was plainly meant."""
    for _ in range(MOST_IN_A_LINE):
        if unit.read or any(slip.doubtful for slip in unit.reading.slips):
            break
        complaint = complain(trouble_of(file, unit, where))
        found.diagnostics.append(complaint.diagnostic)
        if complaint.meant is None or complaint.meant.start in unit.reading.meant:
            break
        unit.reading.meant[complaint.meant.start] = complaint.meant
        probe(file.text, unit)
    found.diagnostics += [slip_diagnostic(file, slip) for slip in unit.reading.slips]


def _kept_until(unit: Unit) -> int:
    """Return up to where a unit that cannot be read is kept: its longest beginning that stands alone."""
    if not (unit.head or unit.context == "record") or unit.context in ("define", "codes", "period"):
        return unit.start
    machine = parser()
    stack = [machine.table.starts["declaration"]]
    for token in unit.lead:
        machine.step(stack, token.type)
    kept = unit.start
    for token in unit.walk.tokens:
        machine.step(stack, token.type)
        if machine.viable(stack, END):
            kept = token.end
    return kept


def _blanked(text: str, piece: Span, dropped: list[Span]) -> str:
    """Return the text up to the end of a piece, with blanks for what is left out; places stay as they are."""
    body = list(text[piece.start : piece.end])
    for span in dropped:
        for i in range(span.start - piece.start, span.end - piece.start):
            if body[i] != "\n":
                body[i] = " "
    return " " * piece.start + "".join(body)


def _name(unit: Unit, lead: tuple[Token, ...]) -> str | None:
    tokens = [*lead, *unit.walk.tokens]
    if len(tokens) > 1 and tokens[1].type in ("NAME", "STRING"):
        return tokens[1].text.strip('`"')
    return None


def _where(kind: str, name: str | None) -> str:
    word = "definition" if kind == "define" else kind
    if name is None or kind == "example":
        return f"this {word}"
    return f"the {word} `{name}`"


def _unread(text: str, kind: str, name: str | None, span: Span) -> ast.Unread:
    return ast.Unread(kind, name, frozenset(_WORD.findall(text[span.start : span.end])), span=span)


def _first_word(text: str, start: int, end: int) -> str:
    found = _WORD.match(text, start, end)
    return found.group() if found else text[start : start + 1]


def _near_declaration(word: str) -> str | None:
    if word.casefold() in patterns.DECLARATIONS:
        return word.casefold()
    near = did_you_mean(word, patterns.DECLARATIONS, limit=1)
    return near[0] if near and len(word) > 2 and abs(len(near[0]) - len(word)) <= 2 else None


def _is_line_of(text: str, start: int, end: int, kind: str) -> bool:
    """Tell whether a piece begins like a line of a declaration."""
    if text[start] == "|":
        return kind == "example"
    line = next(lines_of(text, Span(start, end)), None)
    if line is None:
        return False
    contexts = {"criterion": ("criterion", "item"), "example": ("example", "case")}.get(kind, (kind,))
    if any(begins_with(text, start, end, context) for context in contexts):
        return True
    if not {"record", "bands", "case"} & set(contexts):
        return False
    if _near_declaration(_first_word(text, start, end)):
        return False
    unit = Unit(*line, contexts[-1], lead=before(contexts[-1]))
    probe(text, unit)
    kinds = [token.type for token in unit.walk.tokens[:2]]
    # Two names may be a field and its choice, or the first words of anything.
    return unit.read and not unit.reading.slips and len(kinds) > 1 and kinds != ["NAME", "NAME"]


def _not_indented(file: SourceFile, start: int, word: str, kind: str) -> Diagnostic:
    place = Place(file, Span(start, start + len(word)))
    article = "an" if kind[0] in "aei" else "a"
    return Diagnostic(
        "not-indented",
        f"a line of {article} {kind} does not begin at the left margin",
        Label(place, "this belongs to the declaration above"),
        hint="Only a declaration begins at the left margin: put two blanks before this line.",
        fix=Fix(place, f"  {word}", certain=True),
    )


def _indented_declaration(text: str, piece: Span, kind: str) -> int | None:
    """Return where a declaration begins that is indented into this one."""
    contexts = {"criterion": ("criterion", "item"), "example": ("example", "case")}.get(kind, (kind,))
    for number, (start, end) in enumerate(lines_of(text, piece)):
        word = _first_word(text, start, end)
        if number == 0 or word not in patterns.DECLARATIONS or kind in WHOLE:
            continue
        unit = Unit(start, end, word, head=True, lead=())
        probe(text, unit)
        tokens = [token.type for token in unit.walk.tokens]
        titled = tokens[1:3] == ["NAME", "STRING"] or tokens[1:2] == ["STRING"]
        if any(begins_with(text, start, end, context) for context in contexts) and not titled:
            continue
        as_line = Unit(start, end, contexts[-1], lead=before(contexts[-1]))
        probe(text, as_line)
        if not as_line.read and unit.walk.stopped is None and len(tokens) > 1:
            return start
    return None


def indented(file: SourceFile, start: int) -> Diagnostic:
    """Return the message for a declaration that does not begin at the left margin."""
    word = _first_word(file.text, start, len(file.text))
    line = file.text.rfind("\n", 0, start) + 1
    return Diagnostic(
        "indented-declaration",
        f"a {word} begins at the left margin",
        Label(Place(file, Span(start, start + len(word))), "this is indented"),
        hint="Delete the blanks before it; indented, it reads as a line of the declaration above.",
        fix=Fix(Place(file, Span(line, start)), "", certain=True),
    )


def _unknown_declaration(file: SourceFile, piece: Span, word: str) -> Recovered:
    text = file.text
    owners = [context for context in patterns.OWNERS if begins_with(text, piece.start, piece.end, context)]
    if owners:
        article = [f"an {owner}" if owner[0] in "aei" else f"a {owner}" for owner in owners]
        hint = f"It is a line of {' or '.join(article)}, which begins above it at the left margin."
    else:
        hint = wrapped(f"A declaration begins with {or_list(patterns.DECLARATIONS)}.")
    place = Place(file, Span(piece.start, piece.start + len(word)))
    message = f"I expected a declaration here, and none begins with `{word}`"
    diagnostic = Diagnostic("unknown-declaration", message, Label(place), hint=hint)
    return Recovered([], [diagnostic], [_unread(text, "declaration", None, piece)])
