"""Every shape of rule that the grammar can say, as trees; text is only ever printed from them."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from rulelang.outcomes import ItemOutcome, NoEvidence, TimescaleOutcome
from rulelang.syntax import ast
from rulelang.syntax.building.examples import expected_outcome
from rulelang.types import Unit
from tests.strategies.words import LIKELY_NAMES

NAMES = st.one_of(
    st.sampled_from(LIKELY_NAMES),
    st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,8}", fullmatch=True),
).map(ast.Name)
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Cf"], exclude_characters="\u2028\u2029\x85")
PLAIN_TEXT = st.text(CHARACTERS, max_size=12)
TEXTS = PLAIN_TEXT.map(ast.Text)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: ast.Ref(tuple(names)))
NUMBERS = st.one_of(
    st.integers(0, 10_000).map(Fraction),
    st.decimals(0, 1000, places=3).map(Fraction),
)
DATES = st.dates()
TIMES = st.times().map(lambda time: time.replace(second=0, microsecond=0))
MOMENTS = st.datetimes().map(lambda moment: moment.replace(microsecond=0))
DURATIONS = st.builds(ast.DurationLiteral, st.integers(0, 999), st.sampled_from(Unit))
LITERALS = st.one_of(PLAIN_TEXT, NUMBERS, DATES, MOMENTS, TIMES, st.booleans()).map(ast.Literal)
OUTCOMES = st.sampled_from(["on time", "not yet due"]).map(ast.OutcomeWords)

ONE = """
date_of time_of year_of month_of weekday_of length_of negate not
""".split()  # noqa: SIM905
STATES = """
is_missing is_known is_not_applicable is_readable is_working_day
""".split()  # noqa: SIM905
TWO = """
is is_not is_at_least is_at_most is_more_than is_less_than before after on_or_before on_or_after
starts_with ends_with contains matches does_not_match is_made_of is_not_made_of add subtract multiply divide
working_days_from days_from weeks_from months_from years_from hours_from minutes_from
""".split()  # noqa: SIM905
THREE = """
is_between within_after within_before within_either no_later_after no_later_before no_earlier_after
no_earlier_before
""".split()  # noqa: SIM905
MANY = """
or and first_known_of latest_of earliest_of
""".split()  # noqa: SIM905
ONE_OF = """
is_one_of is_not_one_of
""".split()  # noqa: SIM905


def _applied(ops, operands, least, most):
    sizes = st.lists(operands, min_size=least, max_size=most).map(tuple)
    return st.builds(ast.Apply, st.sampled_from(ops), sizes)


def selections(expressions):
    return st.builds(ast.Selection, PATHS, st.none() | expressions)


def _forms(inner):
    chosen = selections(inner)
    number = st.integers(1, 20).map(lambda n: ast.Literal(Fraction(n)))
    return st.one_of(
        st.builds(ast.Conditional, inner, inner, inner),
        st.builds(ast.Aggregate, st.sampled_from(ast.ListFunction), chosen),
        st.builds(ast.Positioned, st.integers(-1, 23).filter(bool), chosen, PATHS),
        st.builds(ast.MostWithin, chosen, DURATIONS),
        st.builds(ast.Quantified, st.sampled_from(ast.Quantifier), chosen, inner, st.booleans()),
        st.builds(ast.ShareOf, st.booleans(), st.integers(0, 100).map(Fraction), chosen, inner),
        st.builds(ast.IsIn, inner, NAMES, st.booleans()),
        st.builds(ast.Passes, inner, NAMES),
        st.builds(ast.ParameterOn, NAMES, inner),
        st.tuples(number, st.lists(inner, min_size=1, max_size=3)).map(
            lambda parts: ast.Apply("at_least_of", (parts[0], *parts[1]))
        ),
        st.tuples(number, number, inner).map(lambda parts: ast.Apply("characters_of", parts)),
        st.builds(
            lambda op, left, right: ast.Apply(op, (left, right)),
            st.sampled_from(["is", "is_not"]),
            PATHS,
            OUTCOMES,
        ),
    )


def _compound(inner):
    return st.one_of(
        _applied(ONE + STATES, inner, 1, 1),
        _applied(TWO, inner, 2, 2),
        _applied(THREE, inner, 3, 3),
        _applied(MANY, inner, 2, 4),
        st.builds(
            lambda op, first, rest: ast.Apply(op, (first, *rest)),
            st.sampled_from(ONE_OF),
            inner,
            st.lists(inner | OUTCOMES | st.just(ast.OutcomeWords("not applicable")), min_size=2, max_size=4),
        ),
        _forms(inner),
    )


ATOMS = st.one_of(PATHS, LITERALS, DURATIONS, st.builds(ast.AsAt))
EXPRESSIONS = st.recursive(ATOMS, _compound, max_leaves=6)
SELECTIONS = selections(EXPRESSIONS)

# --- declarations

MAYBE_TEXT = st.none() | TEXTS
MAYBE_EXPRESSION = st.none() | EXPRESSIONS


def several(strategy, least=0, most=3):
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


PACKS = st.builds(
    ast.PackDecl,
    NAMES,
    version=MAYBE_TEXT,
    title=MAYBE_TEXT,
    source=MAYBE_TEXT,
    calendar=st.none() | NAMES,
    time_zone=MAYBE_TEXT,
    date_order=st.none() | st.sampled_from(ast.DateOrder),
    missing=several(TEXTS),
    uses=several(st.builds(ast.Uses, NAMES, MAYBE_TEXT)),
    no_evidence=st.none() | st.sampled_from(NoEvidence),
)
CHOICES = st.builds(
    ast.ChoiceDecl,
    NAMES,
    several(st.builds(ast.ChoiceValue, NAMES, several(TEXTS)), 1),
    ordered=st.booleans(),
    title=MAYBE_TEXT,
    source=MAYBE_TEXT,
)
FIELD_TYPES = st.one_of(
    st.sampled_from(ast.BasicType),
    st.builds(ast.ChoiceRef, NAMES),
    st.builds(ast.InlineChoice, several(NAMES, 2)),
    st.builds(ast.ListOf, NAMES, st.none() | NAMES),
)
FIELDS = st.builds(
    ast.FieldDecl,
    NAMES,
    FIELD_TYPES,
    key=st.booleans(),
    optional=st.booleans(),
    planned=st.booleans(),
    blank_is_no=st.booleans(),
    column=MAYBE_TEXT,
    title=MAYBE_TEXT,
)
RECORDS = st.builds(
    ast.RecordDecl,
    NAMES,
    several(FIELDS, 0, 5),
    title=MAYBE_TEXT,
    read_from=MAYBE_TEXT,
    adds_to=st.none() | NAMES,
    dated=st.none() | NAMES,
    inspected=MAYBE_EXPRESSION,
    source=MAYBE_TEXT,
)
TITLED_DATES = several(st.builds(ast.DateTitle, DATES, MAYBE_TEXT))
CALENDARS = st.builds(
    ast.CalendarDecl,
    NAMES,
    title=MAYBE_TEXT,
    weekend=st.none() | several(NAMES, 1),
    bases=several(NAMES | TEXTS),
    read_from=MAYBE_TEXT,
    closed=TITLED_DATES,
    open=TITLED_DATES,
    covers=st.none() | st.tuples(DATES, DATES),
    source=MAYBE_TEXT,
)
PARAMETERS = st.builds(
    ast.ParameterDecl,
    NAMES,
    several(st.builds(ast.Edition, EXPRESSIONS, DATES)),
    given=st.none() | st.sampled_from(ast.BasicType),
    title=MAYBE_TEXT,
    source=MAYBE_TEXT,
)
SMALL = st.integers(0, 999)
CHECKS = st.builds(
    ast.CheckDecl,
    NAMES,
    picture=MAYBE_TEXT,
    letters=MAYBE_TEXT,
    weights=st.none() | st.builds(ast.Weights, several(SMALL, 1), SMALL),
    remainder=st.none() | st.builds(ast.Remainder, SMALL, SMALL, st.booleans()),
    title=MAYBE_TEXT,
    source=MAYBE_TEXT,
)
CODES = st.one_of(
    st.builds(
        ast.CodesDecl,
        NAMES,
        several(st.builds(ast.CodeRange, TEXTS, MAYBE_TEXT), 1),
        title=MAYBE_TEXT,
        source=MAYBE_TEXT,
    ),
    st.builds(ast.CodesDecl, NAMES, read_from=TEXTS, column=MAYBE_TEXT, title=MAYBE_TEXT, source=MAYBE_TEXT),
)
PERIODS = st.builds(ast.PeriodDecl, NAMES, DATES, DATES, MAYBE_TEXT, MAYBE_TEXT)
IN_FORCE = st.none() | st.one_of(
    st.builds(ast.InForce, DATES, st.none() | DATES, MAYBE_EXPRESSION),
    st.builds(ast.InForce, st.none(), DATES, MAYBE_EXPRESSION),
)
DEFINES = st.builds(ast.DefineDecl, NAMES, EXPRESSIONS, st.none() | NAMES, MAYBE_TEXT, MAYBE_TEXT)


def _is_bare_number(node):
    return isinstance(node, ast.Literal) and isinstance(node.value, Fraction)


LENGTHS = EXPRESSIONS.filter(lambda node: not _is_bare_number(node))
LIMITS = st.one_of(
    st.builds(ast.Limit, LENGTHS),
    st.builds(ast.Limit, LENGTHS, EXPRESSIONS),
    st.builds(ast.Limit, LENGTHS, otherwise=st.just(True)),
)
TIMESCALES = st.builds(
    ast.TimescaleDecl,
    NAMES,
    title=MAYBE_TEXT,
    source=MAYBE_TEXT,
    applies=MAYBE_EXPRESSION,
    clock_for=st.none() | SELECTIONS,
    start=st.none() | st.builds(ast.Start, EXPRESSIONS, st.booleans()),
    event=st.one_of(st.none(), EXPRESSIONS, st.builds(ast.Selection, PATHS, EXPRESSIONS)),
    limits=several(LIMITS),
    target=MAYBE_EXPRESSION,
    every=st.none() | LENGTHS,
    phases=several(st.builds(ast.Phase, st.integers(1, 20), DURATIONS, st.none() | DURATIONS)),
    restarts=several(SELECTIONS, 0, 2),
    pauses=several(st.builds(ast.Pause, EXPRESSIONS, EXPRESSIONS), 0, 2),
    until=MAYBE_EXPRESSION,
    calendar=st.none() | NAMES,
    in_force=IN_FORCE,
)
SECTIONS = st.builds(
    ast.SectionDecl,
    NAMES,
    MAYBE_TEXT,
    MAYBE_TEXT,
    MAYBE_TEXT,
    st.none() | st.sampled_from(NoEvidence),
    IN_FORCE,
)
ITEMS = st.builds(
    ast.ItemDecl,
    NAMES,
    title=MAYBE_TEXT,
    source=MAYBE_TEXT,
    relevant=MAYBE_EXPRESSION,
    timescale=st.none() | NAMES,
    met=MAYBE_EXPRESSION,
    no_evidence=st.none() | st.sampled_from(NoEvidence),
    no_evidence_when=MAYBE_EXPRESSION,
    excused=MAYBE_EXPRESSION,
    finding=MAYBE_TEXT,
    reported_only=st.booleans(),
    weight=st.none() | NUMBERS,
    counted_for=st.none() | SELECTIONS,
    in_force=IN_FORCE,
)
CRITERIA = st.builds(
    ast.CriterionDecl,
    NAMES,
    several(ITEMS, 0, 2),
    title=MAYBE_TEXT,
    source=MAYBE_TEXT,
    describes=MAYBE_TEXT,
    no_evidence=st.none() | st.sampled_from(NoEvidence),
    scheme=st.none() | st.sampled_from(ast.Scheme),
    rated_by=st.none() | NAMES,
    not_scored=MAYBE_TEXT,
    requires=st.none() | NUMBERS,
)
BANDS = st.builds(
    ast.BandsDecl,
    NAMES,
    several(st.builds(ast.Band, NAMES, st.none() | NUMBERS)),
    rounded=st.booleans(),
    of=MAYBE_EXPRESSION,
    title=MAYBE_TEXT,
    source=MAYBE_TEXT,
)
LEVEL_TESTS = st.one_of(
    st.builds(
        ast.LevelTest, st.sampled_from([one for one in ast.Side if one is not ast.Side.UNRATED]), NAMES
    ),
    st.just(ast.LevelTest(ast.Side.UNRATED)),
)
RATING_ATOMS = st.one_of(
    st.builds(ast.RatingCount, LEVEL_TESTS, least=st.integers(0, 5)),
    st.builds(ast.RatingCount, LEVEL_TESTS, most=st.integers(0, 5)),
    st.integers(0, 5).flatmap(lambda n: st.builds(ast.RatingCount, LEVEL_TESTS, st.just(n), st.just(n))),
    st.builds(ast.RatingCount, LEVEL_TESTS, every=st.just(True)),
    st.builds(ast.RatingMember, NAMES, LEVEL_TESTS),
    st.builds(ast.RatingCases, EXPRESSIONS, st.booleans(), st.none() | NUMBERS),
)
RATING_CONDITIONS = st.recursive(
    RATING_ATOMS,
    lambda inner: st.one_of(
        st.builds(ast.RatingLogic, st.sampled_from(["and", "or"]), several(inner, 2)),
        st.builds(ast.RatingLogic, st.just("not"), inner.map(lambda one: (one,))),
    ),
    max_leaves=5,
)
RATING_LEVELS = st.one_of(
    st.builds(ast.RatingLevel, NAMES, st.none() | RATING_CONDITIONS),
    st.builds(ast.RatingLevel, NAMES, points=NUMBERS, at_least=st.none() | NUMBERS),
)
MEMBERED_RATINGS = st.builds(
    ast.RatingDecl,
    NAMES,
    several(NAMES, 1),
    st.sampled_from([one for one in ast.RatingPolicy if one is not ast.RatingPolicy.GIVEN]),
    several(RATING_LEVELS),
    st.lists(st.builds(ast.RatingCap, NAMES, RATING_CONDITIONS, st.booleans()), max_size=2).map(tuple),
    unrated=st.none() | NAMES,
    left_out=st.booleans(),
    earlier=st.booleans(),
    overridden=st.booleans(),
    title=MAYBE_TEXT,
    source=MAYBE_TEXT,
)
GIVEN_RATINGS = st.builds(
    ast.RatingDecl,
    NAMES,
    st.just(()),
    st.just(ast.RatingPolicy.GIVEN),
    title=MAYBE_TEXT,
    source=MAYBE_TEXT,
)
RATINGS = MEMBERED_RATINGS | GIVEN_RATINGS
GIVEN = st.one_of(
    st.none(),
    LITERALS,
    NUMBERS.map(lambda number: ast.Literal(-number)),
    DURATIONS,
    NAMES.map(lambda name: ast.Ref((name,))),
    st.sampled_from(["on time", "not yet due", "not applicable"]).map(ast.OutcomeWords),
)


@st.composite
def tables(draw):
    width = draw(st.integers(1, 3))
    columns = draw(st.lists(NAMES, min_size=width, max_size=width).map(tuple))
    row = st.lists(GIVEN, min_size=width, max_size=width).map(tuple)
    return ast.GivenTable(draw(NAMES), columns, draw(several(row)))


EXPECTS = st.one_of(
    st.builds(
        ast.ExpectOutcome,
        PATHS,
        st.sampled_from(sorted({o.value for o in (*TimescaleOutcome, *ItemOutcome)})),
    ),
    st.builds(ast.ExpectDue, PATHS, DATES | MOMENTS),
    st.builds(ast.ExpectCondition, EXPRESSIONS.filter(lambda node: expected_outcome(node) is None)),
)
EXAMPLES = st.builds(
    ast.ExampleDecl,
    TEXTS,
    several(st.builds(ast.GivenValue, NAMES, GIVEN)),
    several(tables(), 0, 2),
    as_at=st.one_of(st.none(), DATES, MOMENTS),
    expects=several(EXPECTS),
    source=MAYBE_TEXT,
)
CAPS = st.builds(
    ast.LimitDecl,
    NAMES,
    title=MAYBE_TEXT,
    source=MAYBE_TEXT,
    each=st.none() | NAMES.map(lambda name: ast.Ref((name,))),
    most=st.none() | NUMBERS,
    counted=MAYBE_EXPRESSION,
)
CHANGES = st.one_of(
    st.builds(
        lambda title, limit, until, in_force: (
            ast.Change("title", title),
            *([ast.Change("in_force", in_force)] if in_force is not None else []),
            ast.Change("limits", (limit,)),
            ast.Change("until", until),
        ),
        TEXTS,
        st.builds(ast.Limit, LENGTHS),
        EXPRESSIONS,
        IN_FORCE,
    ),
    st.builds(
        lambda editions: (ast.Change("editions", editions),),
        several(st.builds(ast.Edition, st.builds(ast.Literal, NUMBERS) | DURATIONS, DATES), 1),
    ),
    st.builds(
        lambda describes, scheme, requires: (
            ast.Change("describes", describes),
            ast.Change("scheme", scheme),
            ast.Change("requires", requires),
        ),
        TEXTS,
        st.sampled_from(ast.Scheme),
        NUMBERS,
    ),
    st.builds(
        lambda requires, severity: (ast.Change("requires", requires), ast.Change("severity", severity)),
        EXPRESSIONS,
        NAMES,
    ),
    st.builds(
        lambda met, weight: (ast.Change("met", met), ast.Change("weight", weight)), EXPRESSIONS, NUMBERS
    ),
)
AMENDMENTS = st.builds(
    ast.AmendDecl,
    st.lists(NAMES, min_size=2, max_size=3).map(lambda names: ast.Ref(tuple(names))),
    CHANGES,
    source=MAYBE_TEXT,
)
DECLARATIONS = st.one_of(
    *(PACKS, CHOICES, RECORDS, CALENDARS, PARAMETERS, CODES, PERIODS, CHECKS, DEFINES),
    *(TIMESCALES, SECTIONS, CRITERIA, BANDS, RATINGS, CAPS, AMENDMENTS, EXAMPLES),
)
