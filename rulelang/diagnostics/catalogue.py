"""Every diagnostic by its code: a one-line summary, grouped by theme. The pages are in docs/diagnostics."""

from __future__ import annotations

from attrs import frozen


@frozen
class Theme:
    """Diagnostics that belong together, as code and summary."""

    title: str
    codes: dict[str, str]


THEMES: tuple[Theme, ...] = (
    Theme(
        "How rules are written",
        {
            "capital-letters": "A word of the language has capital letters.",
            "date-form": "A date is not written year, month, day.",
            "hidden-direction": "A character turns the direction of the text that follows it.",
            "incomplete-clause": "A line ends before it is finished.",
            "indented-declaration": "A declaration does not begin at the left margin.",
            "invisible-character": "There is a character that cannot be seen.",
            "misplaced-clause": "A line belongs to another kind of declaration.",
            "misspelt-clause": "A line begins with words that are nearly those of the language.",
            "misspelt-declaration": "A declaration begins with a word that is nearly one of the language.",
            "misspelt-words": "Words within a line are nearly those of the language.",
            "missing-unit": "A length of time has no unit.",
            "mixed-script": "A name mixes letters of two scripts that look alike.",
            "no-evidence-value": "Missing evidence is to count as something that it cannot.",
            "no-such-count": "A number of times is none.",
            "no-such-date": "There is no such day.",
            "no-such-length": "A length of time is longer than any calendar.",
            "no-such-position": "There is no row in that position.",
            "no-such-share": "A share lies outside 0% to 100%.",
            "not-indented": "A line that belongs to a declaration begins at the left margin.",
            "unique-elsewhere": "`is unique` stands where no validation requires it.",
            "not-yet-supported": "A part of the language that this version does not judge yet.",
            "other-wording": "A wording is plain, but not the language's.",
            "repeated-clause": "A line that may stand once stands twice.",
            "number-in-words": "A number is written in words.",
            "too-many-digits": "A number has more digits than anything that is counted.",
            "reserved-word": "A word of the language stands where a name is needed.",
            "row-width": "A row of a table has more or fewer cells than the table has columns.",
            "stray-mark": "A mark is not part of the language, or stands where none is needed.",
            "symbol-for-word": "A sign stands where the language has a word.",
            "table-cell": "A cell of a table is no value.",
            "table-head": "A column of a table has no proper name.",
            "too-deep": "Parentheses go deeper than can be read.",
            "unbalanced-parentheses": "A parenthesis is opened and not closed, or the other way round.",
            "unclosed-text": "A text begins and does not end.",
            "unexpected-word": "A line can be read up to a word, and not beyond it.",
            "unknown-clause": "No line begins with these words.",
            "unknown-declaration": "No declaration begins with this word.",
            "unknown-unit": "A unit of time is not one of the language.",
            "wrong-quotes": "A text does not stand in straight double quotes.",
        },
    ),
    Theme(
        "Names",
        {
            "unknown-name": "A name is used that nothing in sight has.",
            "unknown-value": "A word is no value of the choice it stands beside.",
            "unknown-type": "A field has a type that there is not.",
            "unknown-record": "There is no record of this name.",
            "unknown-timescale": "An item names a timescale that is not declared.",
            "unknown-bands": "A criterion is rated by bands that are not declared.",
            "unknown-calendar": "There is no calendar of this name.",
            "unknown-collection": "What stands after `is in` is neither a list of codes nor a period.",
            "unknown-parameter": "There is no parameter of this name.",
            "unknown-pack": "A pack uses another that was not found.",
            "other-version": "A pack uses another in a version that is not the one found.",
            "unknown-placeholder": "A finding has a word in braces that nothing is put for.",
            "unknown-time-zone": "There is no time zone of this name.",
            "unknown-outcome": "Something is no outcome of what it stands beside.",
            "declared-twice": "A name is given twice.",
            "ambiguous-spelling": "One spelling in the export is given for two values of a choice.",
            "reserved-value": "A value of a choice bears a word that conditions use.",
            "circle": "Rules need one another in a circle.",
        },
    ),
    Theme(
        "Values and conditions",
        {
            "check-characters": "The parts of a check of characters do not hang together.",
            "picture-needed": "What a text is to look like is not written out.",
            "wrong-type": "Something of one kind stands where another kind is needed.",
            "not-a-condition": "A condition is needed, and something else stands there.",
            "different-choices": "Values of two different choices are compared.",
            "different-types": "Two values that must be of one kind are of two.",
            "dates-and-moments": "The latest or earliest of dates and of dates with times cannot be told.",
            "never-not-applicable": "`is not applicable` asks about something that cannot be.",
            "wrong-range": "A range goes down.",
            "parameter-needs-day": "A parameter whose value has changed is used without a day.",
            "timescale-alone": "A timescale stands where a condition is needed.",
            "decision-cell": "A cell of a decision table asks nothing of its column.",
            "decision-gap": "No row of a decision table holds for some cases.",
            "dead-row": "A row of a decision table is never reached.",
            "rows-clash": "Two rows of a decision table hold at once, and decide otherwise.",
            "rating-gap": "No line of a rating holds for some combinations of levels.",
            "rating-overlap": "Two lines of a rating hold for the same combinations of levels.",
            "dead-level": "A line of a rating is never reached.",
            "rating-member": "Something is no member of a rating.",
            "rating-scale": "The levels of a rating, or their order, cannot be told, or its members have others.",
            "whole-file-share": "A validation of the whole file asks for anything but a share of rows.",
            "outcome-in-validation": "A validation asks for what a time limit came to.",
            "outcome-alone": "An outcome stands where no timescale is asked for.",
            "item-in-condition": "A condition asks what came of an item, a criterion or a section.",
            "no-parts": "A dot goes into something that has no parts.",
        },
    ),
    Theme(
        "Lists",
        {
            "list-alone": "A list stands where one value is needed.",
            "list-needs-field": "A list is given where a field of its rows is needed.",
            "not-a-list": "A single value stands where a list is needed.",
            "other-of-what": "`other of` is used where there is no row that the others are compared with.",
        },
    ),
    Theme(
        "The pack and its records",
        {
            "no-pack": "The rules do not say which pack they are.",
            "no-case-record": "The pack declares no record.",
            "two-case-records": "A record hangs below no other, so its rows belong to no case.",
            "record-in-itself": "A record lists itself, outright or by way of others.",
            "two-parents": "The rows of a record would belong to two places.",
            "two-keys": "A record has more than one key.",
            "nothing-to-add-to": "A record adds to one that no pack in use has.",
            "field-differs": "A record adds to another, and makes one of its fields something else.",
            "key-is-unique": "A validation asks that a key be unique, which reading the export sees to.",
            "no-key-to-join": "Rows are to be joined to a record that has no key.",
            "file-beside": (
                "A file that the rules read lies not beside them, or does not hold what is needed."
            ),
        },
    ),
    Theme(
        "Time limits and calendars",
        {
            "missing-clause": "A declaration lacks a line without which it means nothing.",
            "clauses-clash": (
                "Two clauses of a declaration, or of two that belong together, do not go together."
            ),
            "unreachable-limit": "A limit stands below one that holds for every case.",
            "empty-limit": "A limit leaves no time.",
            "broken-period": "A phase of a frequency does not hold whole periods.",
            "months-in-limit": "A count of whole weeks, months or years stands in an upper limit.",
            "must-be-planned": "A field that names a due date is not `planned`.",
            "partial-date": "A partial date stands where a whole one is needed.",
            "hours-need-a-time": "Hours or minutes are counted from a date that has no time.",
            "hours-have-no-first-day": "`beginning with` stands with a limit in hours or minutes.",
            "wrong-unit": "A unit of time stands where it cannot be counted.",
            "no-calendar": "Working days are counted, and nothing says which days are working days.",
            "unusable-calendar": "A calendar contradicts itself, or cannot be had here.",
        },
    ),
    Theme(
        "Items, scores and examples",
        {
            "editions-differ": "Editions of one rule differ in what they cannot.",
            "editions-overlap": "Two editions of one rule are in force on the same day.",
            "empty-criterion": "A criterion has no items.",
            "wrong-score": "A score outside 0 to 100 is asked for.",
            "wrong-weight": "The weight of an item is nothing or less.",
            "item-has-no-date": "An example expects a due date of an item.",
        },
    ),
    Theme(
        "Worth a second look",
        {
            "editions-gap": "Between two editions of one rule none is in force.",
            "unit-slip": (
                "One limit of a pack is in days where another of the same number is in working days."
            ),
            "title-differs": "The title of a timescale and its limit disagree.",
            "same-start-and-end": "A timescale starts and stops at the same date.",
            "same-on-both-sides": "A comparison has the same on both sides.",
            "single-event": "A timescale that looks for events again and again is given one date.",
            "constant-condition": "A condition reads nothing of the case.",
            "never-holds": "A condition can hold in no case.",
            "counts-for-nothing": "Something is judged or weighed that no score is made of.",
            "doubtful-join": "The column that joins rows to their parent looks like a misspelt key.",
            "hidden-parameter": "A parameter bears the name of a field or a define of the case.",
            "no-lowest-band": "Low scores get no judgement.",
            "unused-timescale": "No item, define or condition depends on a timescale.",
        },
    ),
    Theme(
        "Reading an export",
        {
            "absent-column": "A table has no column for a field that is not `optional`. Nothing is judged.",
            "absent-file": "A record has no file, and its rows are not nested in another's.",
            "file-damaged": "A file is there and cannot be read to its end.",
            "file-not-found": "There is no such file, folder or sheet, or it may not be opened.",
            "missing-extra": "A format needs a library that is not installed.",
            "no-connection": "A database server cannot be reached, or refuses whoever asks.",
            "no-join": "A list has a file of its own, and whose row is whose cannot be told.",
            "not-rows": "A table given in Python holds no rows, or a list of a case is none.",
            "table-breaks-off": "A table of a database cannot be read to its end.",
            "two-columns": "Two columns of a table fit one field.",
            "two-files": (
                "Two files are there for one record, or its rows stand both in a file and nested in another."
            ),
            "unknown-file": (
                "A file was given, and it cannot be told which record it holds; or a name was given that "
                "no record is read from."
            ),
            "unknown-format": "A file is in no format that can be read.",
            "unknown-table": "A database has no such table, or it may not be read.",
        },
    ),
    Theme(
        "Running the rules",
        {
            "as-at-needed": "An expression asks for the as-at date, and none was given.",
            "engine-failed": "A query failed after part of what it found was handed on.",
            "missing-engine": "An engine needs a library that is not installed.",
            "no-room": "There is no room for the temporary files of a query.",
            "no-rules": "There are no rules where they were looked for.",
            "not-on-spark": "Spark cannot do what a run asks for.",
            "no-such-rating": "The run gives a rating that the rules do not let it give, or no level of it.",
            "parameter-not-given": "A parameter that is given at the run was not given.",
            "too-little-memory": "A query needs more memory than it may have.",
            "unknown-engine": "There is no engine of that name.",
            "wrong-name": "A name given in Python or JSON cannot be the name of a field.",
        },
    ),
)
SUMMARIES: dict[str, str] = {code: text for theme in THEMES for code, text in theme.codes.items()}


def index_page() -> str:
    """Return docs/diagnostics/README.md: every code with its summary, by theme."""
    lines = [
        "# Diagnostics",
        "",
        "Every message of rulelang bears a code in brackets: `error[unknown-name]: …`. A page for each code",
        "shows rules or files that bring it about, the message, why it is said, and what to do.",
        "",
        "An *error* stops the run. A *warning* is legal and looks like a slip; its page says how to show",
        "that it is meant. A *note* is something to know.",
    ]
    for theme in THEMES:
        lines += ["", f"## {theme.title}", ""]
        lines += [f"- [{code}]({code}.md): {text}" for code, text in theme.codes.items()]
    return "\n".join(lines) + "\n"
