"""What the lines of a rating leave out, and where they clash: shown by a combination of levels each."""

from __future__ import annotations

from rulelang.analysis.combining import Combination, Combined, asked_cases, combined
from rulelang.analysis.findings import Findings
from rulelang.analysis.names import Declared
from rulelang.model.ratings import RatingStructure, counts_in_words, level_in_words
from rulelang.source import Place
from rulelang.syntax import ast


def look_over(made: RatingStructure, declared: Declared, findings: Findings) -> None:
    """Report combinations that no line holds for or that two lines clash over, and lines that are never reached."""
    found = combined(made)
    if found is None:
        return
    node: ast.RatingDecl = declared.node
    points = made.policy is ast.RatingPolicy.POINTS
    if found.gap is not None and (points or all(line.when is not None for line in made.lines)):
        findings.warning(
            "rating-gap",
            f"no line of `{made.id}` holds for {found.gaps:,} of {found.total:,} combinations, "
            f"such as {_told(made, found.gap)}",
            declared.place,
            hint="Add a line for them, or a last line such as `good otherwise`.",
        )
    if points:
        _beyond_points(found, declared, findings)
        return
    whens = [level for level in node.levels if level.when is not None]
    for rest in (level for level in node.levels if level.when is None and whens and not found.gaps):
        findings.warning(
            "dead-level",
            "this line is never reached: a line above it holds for every combination",
            Place(declared.file, rest.span),
            hint="Take it out, or mend what the lines above it ask.",
        )
    if made.policy is ast.RatingPolicy.ONE:
        _overlaps(made, found, declared, whens, findings)
    for place, level in enumerate(whens):
        if place not in found.held:
            findings.warning(
                "dead-level",
                "this line is never reached: it holds for no combination",
                Place(declared.file, level.span),
                hint="Take it out, or mend what it asks.",
            )
        elif place not in found.first and made.policy is ast.RatingPolicy.FIRST:
            findings.warning(
                "dead-level",
                "this line is never reached: lines above it hold wherever it does",
                Place(declared.file, level.span),
                hint="Take it out, or move it up.",
            )


def _beyond_points(found: Combined, declared: Declared, findings: Findings) -> None:
    node: ast.RatingDecl = declared.node
    for place, level in enumerate(node.levels):
        if place not in found.first:
            findings.warning(
                "dead-level",
                "this level is never reached: no combination comes to so many points, or another takes all that do",
                Place(declared.file, level.span),
                hint="Mend from how many points on it is reached.",
            )


def _overlaps(
    made: RatingStructure,
    found: Combined,
    declared: Declared,
    whens: list[ast.RatingLevel],
    findings: Findings,
) -> None:
    for (one, other), weight in found.clashes.items():
        first, second = whens[one], whens[other]
        findings.warning(
            "rating-overlap",
            f"`{first.name.text}` and `{second.name.text}` both hold for {weight:,} of {found.total:,} "
            "combinations",
            Place(declared.file, second.span),
            f"such as {_told(made, found.clash[one, other])}",
            others=[(Place(declared.file, first.span), f"`{first.name.text}`")],
            hint="Narrow one of them, or write `the first that holds`.",
        )


def _told(made: RatingStructure, one: Combination) -> str:
    """Return a combination in words."""
    named = [
        f"`{made.members[place].name}` {'unrated' if level is None else level_in_words(made, level)}"
        for place in one.named
        for level in (one.levels[place],)
    ]
    rest = [level for place, level in enumerate(one.levels) if place not in one.named]
    said = [
        f"{'it being so' if yes else 'it not being so'} that {asked.text}"
        for asked, yes in zip(asked_cases(made.lines), one.cases, strict=True)
    ]
    return ", ".join([*named, *([counts_in_words(made, rest)] if rest else []), *said])
