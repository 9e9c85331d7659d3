"""Slips that authors make, each on the same sound rules: what is written, the code, what is said."""

from __future__ import annotations

from attrs import frozen

SOUND = """\
pack ours version "1" "Our standards"
  calendar england_and_wales

choice risk_level in order low, medium, high "H"

choice tier bronze, silver

record case "A case" read from "cases"
  crn        text key
  officer    text
  risk       risk_level
  level      tier optional
  commenced  date
  ended      date optional
  done       date optional
  agreed     date optional
  wanted     date optional planned
  seen_at    datetime optional
  good       judgement optional
  fine       yes/no optional
  visits_due whole number optional
  reviews    list of review by crn
  breaches   list of breach by crn

record review "A review" read from "reviews"
  review_id  text key
  completed  date
  sufficient yes/no optional
  score      number optional
  actions    list of action by review_id

record action "An action" read from "actions"
  taken      date
  kind       text optional

record breach "A breach" read from "breaches"
  required_on   date
  instigated_on date optional
  paused_from   date optional
  paused_to     date optional

parameter interval "How often"
  16 weeks from 2000-04-01

codes offices "001" to "005"

period year_2004 from 2004-04-01 to 2005-03-31

define urgent as risk is high

timescale isp "Plan in time"
  from commenced
  to done
  within 15 working days

timescale breach_action
  one clock for each of breaches
  from required_on
  to instigated_on
  within 10 working days

bands grades
  good at 60 or more
  poor otherwise

section A "Assessment"
criterion A1 "Planning"
  item isp "The plan was in time"
    timescale isp
  item breaches "Breaches were acted on"
    timescale breach_action
"""


@frozen
class Slip:
    """Rules with one mistake; `{n}` is a number that makes their names their own."""

    rules: str
    code: str
    says: str


def _asked(expression: str, code: str, says: str) -> Slip:
    return Slip(f"define probe_{{n}} as {expression}\n", code, says)


def _item(lines: str, code: str, says: str) -> Slip:
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return Slip(f'criterion C{{n}} "Other"\n  item x "X"\n{body}', code, says)


def _timescale(lines: str, code: str, says: str) -> Slip:
    body = "".join(f"  {line}\n" for line in lines.splitlines())
    return Slip(f"timescale t{{n}}\n{body}", code, says)


def _example(lines: str, code: str, says: str) -> Slip:
    body = "".join(f"  {line}\n" for line in lines.splitlines())
    return Slip(f'example "number {{n}}"\n{body}', code, says)


_CASE = "case\n  commenced is 2004-04-08\n"
_AS_AT = "as at 2005-01-01\n"

SLIPS: tuple[Slip, ...] = (
    # names
    _timescale("from comenced\nto done\nwithin 5 days", "unknown-name", "did you mean `commenced`?"),
    _item("met when suficient", "unknown-name", "`suficient` is not a field of `case`"),
    _asked("latest of reviews.compleeted", "unknown-name", "did you mean `completed`?"),
    _asked("count of revews", "unknown-name", "did you mean `reviews`?"),
    _asked("count of reviews where sufficent is yes", "unknown-name", "did you mean `sufficient`?"),
    _asked("first of reviews.score by complete", "unknown-name", "did you mean `completed`?"),
    _asked("count of actions", "unknown-name", "write `reviews.actions`"),
    _asked("risk_level is high", "unknown-name", "The field that holds a `risk_level` is `risk`."),
    _asked("commenced.year is 2004", "no-parts", "`year of commenced`"),
    _asked("urgnt", "unknown-name", "did you mean `urgent`?"),
    _asked("A1.isp is met", "item-in-condition", "`A1.isp` is an item"),
    _item("timescale ips", "unknown-timescale", "did you mean `isp`?"),
    _timescale(
        "from commenced\nto done\nwithin 5 days\ncalendar england", "unknown-calendar", "england_and_wales"
    ),
    _asked("officer is in offces", "unknown-collection", "did you mean `offices`?"),
    _asked(
        "commenced + (intervall on commenced) after done", "unknown-parameter", "did you mean `interval`?"
    ),
    Slip("define d{n} of reviews as yes\n", "unknown-record", "its rows are of the record `review`"),
    Slip(
        'criterion C{n} "Other"\n  rated by grade\n  item x "X"\n    met when fine\n',
        "unknown-bands",
        "did you mean `grades`?",
    ),
    _item('met when fine\nfinding "{{scor}} of cases"', "unknown-placeholder", "did you mean `score`?"),
    # values of choices
    _asked("risk is hihg", "unknown-value", "did you mean `high`?"),
    _asked("risk is purple", "unknown-value", "Its values are `low`, `medium` and `high`."),
    _asked("risk is silver", "unknown-value", "it is a value of `tier`"),
    _asked("risk is level", "different-choices", "`risk` is a `risk_level` and `level` a `tier`"),
    _asked('risk is "H"', "wrong-type", "stands without quotes: `high`"),
    _asked("officer is high", "wrong-type", 'A text stands in double quotes: `"high"`.'),
    _asked(
        "level is at least silver", "wrong-type", "`is at least` needs values in order, and `tier` has none"
    ),
    # kinds
    _asked("commenced is at least 5", "wrong-type", "`commenced` is a date and `5` is a whole number"),
    _asked('commenced is "2004-04-08"', "wrong-type", "A date stands without quotes: `2004-04-08`."),
    _asked("commenced is yes", "wrong-type", "Write `commenced is known`."),
    _asked("done - commenced is at most 5", "wrong-type", "`days from commenced to done`"),
    _asked("commenced + 5 after done", "wrong-type", "`5 days` or `5 working days`"),
    _asked("days from commenced to done is at most 5 days", "wrong-type", "a plain number, without a unit"),
    _asked("fine and done", "wrong-type", "`and` joins conditions, and `done` is a date"),
    _asked("not visits_due", "wrong-type", "`visits_due` is a whole number"),
    _asked("commenced is in offices", "wrong-type", "`is in offices` needs a text"),
    _asked("if fine then 5 otherwise officer", "different-types", "the two sides of `if` differ"),
    _asked("latest of commenced, seen_at", "dates-and-moments", "which is later within a day?"),
    _asked("fine is not applicable", "never-not-applicable", "Did you mean `fine is missing`?"),
    _asked(
        "months from commenced to done is at most 3", "months-in-limit", "within 3 months after commenced"
    ),
    _asked("commenced + interval after done", "parameter-needs-day", "`interval on commenced`"),
    _item("met when done", "not-a-condition", "`done is known`"),
    _item("met when risk", "not-a-condition", "`risk is low`"),
    _asked("fine is yess", "unknown-value", "neither yes nor no"),
    _asked('good is "N/A"', "wrong-type", "`good is not applicable`"),
    _asked("done is within 5 after commenced", "wrong-type", "`5 days` or `5 working days`"),
    _asked("done is missing and missing", "unknown-name", "`missing` stands after `is`"),
    _asked("hours from commenced to done is at most 5", "wrong-type", "declare the fields as `datetime`"),
    # lists
    _asked("some review have (sufficient)", "not-a-list", "did you mean `reviews`?"),
    _asked("count of commenced", "not-a-list", "`commenced` is a date, not a list"),
    _asked("reviews is known", "list-alone", "stands for many rows"),
    _asked("reviews.completed before 2004-01-01", "list-alone", "some reviews have (completed …)"),
    _asked("latest of reviews", "list-needs-field", "`latest of reviews.completed`"),
    _asked("sum of reviews.completed", "wrong-type", "holds dates"),
    _asked("latest of reviews.score", "wrong-type", "write `highest of reviews.score`"),
    _asked("most of reviews.completed in any 5 working days", "wrong-unit", "not in working days"),
    _item("met when all reviews.sufficient have (yes)", "not-a-list", "`all reviews have (…)`"),
    _asked("some other of reviews has (other.score is 1)", "other-of-what", "no such row is in sight"),
    # outcomes
    _item("met when isp", "timescale-alone", "`isp is on time`"),
    _item("met when isp is on_time", "unknown-outcome", "did you mean `on time`?"),
    _item("met when isp is met", "unknown-outcome", "an outcome of an item, and `isp` is a timescale"),
    # time limits
    _timescale("to done\nwithin 5 days", "missing-clause", "does not say from when it runs"),
    _timescale("from commenced\nwithin 5 days", "missing-clause", "does not say what stops the clock"),
    _timescale("from commenced\nto done", "missing-clause", "sets no limit"),
    _timescale(
        "from commenced\nto done\nwithin 5 days\nevery 16 weeks", "clauses-clash", "`within` and `every`"
    ),
    _timescale("from commenced\nto done\nwithin 5 days\nwithin 6 days", "unreachable-limit", "never reached"),
    _timescale("from commenced\nto done\nby agreed", "must-be-planned", "Add `planned`"),
    _timescale("from commenced\nto reviews.completed\nevery 0 weeks", "empty-limit", "leaves no time"),
    _timescale(
        "from commenced\nto reviews.completed\nat least 1 in each 0 weeks", "empty-limit", "a period of 0"
    ),
    _asked("most of reviews.completed in any 0 months is 1", "empty-limit", "holds nothing"),
    Slip(
        "parameter p{n}\n  0 weeks from 2000-01-01\n"
        "timescale t{n}\n  from commenced\n  to reviews.completed\n  every p{n}\n",
        "empty-limit",
        "a round of 0 weeks",
    ),
    _timescale("beginning with commenced\nto done\nwithin 0 days", "empty-limit", "leaves no time"),
    _timescale("from commenced\nto officer\nwithin 5 days", "wrong-type", "`officer` is a text"),
    _timescale(
        "from commenced\nto done\nwithin 5 hours", "hours-need-a-time", "`commenced` and `done` are dates"
    ),
    _timescale(
        "beginning with seen_at\nto seen_at\nwithin 5 hours",
        "hours-have-no-first-day",
        "Write `from` instead.",
    ),
    _timescale(
        "from commenced\nto reviews.completed\nat least 1 in each 2 weeks for 15 weeks",
        "broken-period",
        "14 weeks or 16 weeks",
    ),
    _timescale(
        "from commenced\nto done\nwithin 5 days\npaused from breaches.paused_from to reviews.completed",
        "clauses-clash",
        "from different lists",
    ),
    Slip("define a{n} as b{n}\ndefine b{n} as not a{n}\n", "circle", "need one another in a circle"),
    Slip(
        "timescale u{n}\n  applies when u{n} is late\n  from commenced\n  to done\n  within 5 days\n",
        "circle",
        "asks about itself",
    ),
    # declarations
    Slip("define urgent as fine\n", "declared-twice", "`urgent` is defined twice"),
    Slip("define done as fine\n", "declared-twice", "both a field and a define"),
    Slip("choice c{n} a, b, a\n", "declared-twice", "`a` stands twice among the values"),
    Slip('choice c{n} a "X", b "x"\n', "ambiguous-spelling", "both `a` and `b`"),
    Slip("choice c{n} known, b\n", "reserved-value", "cannot be a value of a choice"),
    Slip(
        "parameter p{n}\n  5 days from 2000-01-01\n  6 from 2001-01-01\n",
        "different-types",
        "different kinds",
    ),
    Slip("period p{n} from 2005-01-01 to 2004-01-01\n", "wrong-range", "ends before it begins"),
    Slip('codes c{n} "005" to "001"\n', "wrong-range", "is not a range of codes"),
    Slip("bands b{n}\n  good at 600 or more\n  poor otherwise\n", "wrong-score", "between 0 and 100"),
    Slip("calendar c{n}\n  weekend saterday, sunday\n", "unknown-value", "did you mean `saturday`?"),
    Slip('criterion C{n} "Nothing"\n', "empty-criterion", "has no items"),
    _item("relevant when fine", "missing-clause", "does not say when it is met"),
    _item("met when fine\nweight 0", "wrong-weight", "more than 0"),
    _item(
        "counted once for each of breaches\ntimescale isp", "clauses-clash", "one clock for each of breaches"
    ),
    # examples
    _example(
        "case\n  comenced is 2004-04-08\n" + _AS_AT + "expect isp is unknown", "unknown-name", "`commenced`?"
    ),
    _example(
        "case\n  risk is hihg\n" + _AS_AT + "expect isp is unknown", "unknown-value", "did you mean `high`?"
    ),
    _example(
        'case\n  commenced is "2004-04-08"\n' + _AS_AT + "expect isp is overdue",
        "wrong-type",
        "without quotes",
    ),
    _example(_CASE + _AS_AT + "expect A1.ips is met", "unknown-name", "did you mean `A1.isp`?"),
    _example(_CASE + _AS_AT + "expect A1.isp is on time", "unknown-outcome", "an outcome of a timescale"),
    _example(
        _CASE + _AS_AT + "expect A1.isp is due on 2004-04-30", "item-has-no-date", "`expect isp is due on …`"
    ),
    _example(_CASE + "expect isp is overdue", "missing-clause", "as at which date"),
    _example(_CASE + "as at 2005-01-01", "missing-clause", "expects nothing"),
    _example(
        _CASE + "  commenced is 2004-04-09\n" + _AS_AT + "expect isp is overdue", "declared-twice", "twice"
    ),
)


def written(slip: Slip, number: int) -> str:
    """Return the rules of a slip with names of their own."""
    return slip.rules.replace("{{", "\0").replace("}}", "\1").replace("{n}", str(number)).replace(
        "\0", "{"
    ).replace("\1", "}")  # fmt: skip
