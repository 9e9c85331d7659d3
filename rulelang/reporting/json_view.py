"""A result as JSON, with the keys that other programs rely on: docs/reference/scores.md explains them."""

from __future__ import annotations

import json
from typing import Any

from attrs import asdict

from rulelang.model.structure import PackStructure, Share
from rulelang.reading.problems import DataProblem
from rulelang.scoring.findings import finding_of
from rulelang.scoring.limits import LimitResult, limited
from rulelang.scoring.ratings import RatingResult
from rulelang.scoring.result import DataProblems, Result
from rulelang.scoring.rounding import exact_text
from rulelang.scoring.scores import Bounds, CriterionScore, ItemScore, Score, Scorecard, SectionScore
from rulelang.scoring.tally import Tally, TimescaleCounts
from rulelang.scoring.validations import ValidationResult, validated

Document = dict[str, Any]


def render_json(result: Result) -> str:
    """Return a result as JSON text, the same for the same result; it is to be written as UTF-8."""
    text = json.dumps(result_document(result), indent=2, ensure_ascii=False) + "\n"
    # An export in JSON can hold half a character, which can't be written as UTF-8.
    return text.encode("utf-8", "replace").decode()


def result_document(result: Result) -> Document:
    """Return a result as plain dicts, lists, text and numbers, in the order of the JSON keys."""
    pack = result.structure
    return {
        "pack": {"name": pack.name, "version": pack.version, "title": pack.title, "source": pack.source},
        "as_at": result.as_at.isoformat(),
        "parameters": dict(result.parameters),
        "cases": asdict(result.population),
        "files": [
            {"file": one.file, "read": one.read, "used": one.used, "set_aside": one.set_aside}
            for one in result.files
        ],
        "sections": _sections(result.scorecard),
        "timescales": _timescales(pack, result.tally),
        "ratings": [_rating(one) for one in result.scorecard.ratings],
        "validations": [_validation(one) for one in validated(pack, result.tally)],
        "limits": [_limit(one) for one in limited(pack, result.populations)],
        "data_problems": [_problem(one) for one in result.problems.listed],
        "data_problem_counts": _problem_counts(result.problems),
        "notes": list(result.notes),
        "grouped_by": result.grouped_by,
        "groups": [
            {
                "value": group.value,
                "judged": group.tally.judged,
                "sections": _sections(group.scorecard),
                "timescales": _timescales(pack, group.tally),
                "ratings": [_rating(one) for one in group.scorecard.ratings],
            }
            for group in result.groups
        ],
    }


def _sections(scorecard: Scorecard) -> list[Document]:
    return [_section(one) for one in scorecard.sections]


def _section(section: SectionScore) -> Document:
    return {
        "id": section.structure.id,
        "title": section.structure.title,
        "score": _score(section.score),
        "bounds": _bounds(section.bounds),
        "criteria": [_criterion(one) for one in section.criteria],
    }


def _criterion(criterion: CriterionScore) -> Document:
    structure = criterion.structure
    required = Score(structure.requires) if structure.requires is not None else None
    return {
        "id": structure.id,
        "title": structure.title,
        "score": _score(criterion.score),
        "bounds": _bounds(criterion.bounds),
        "rating": criterion.rating,
        "scheme": structure.scheme.value,
        "not_scored": structure.not_scored,
        "requires": _score(required),
        "items": [_item(one) for one in criterion.items],
    }


def _item(item: ItemScore) -> Document:
    return {
        "id": item.structure.id,
        "title": item.structure.title,
        **asdict(item.counts),
        "relevant": item.counts.relevant,
        "score": _score(item.score),
        "bounds": _bounds(item.bounds),
        "reported_only": item.structure.reported_only,
        "finding": finding_of(item),
    }


def _timescales(pack: PackStructure, tally: Tally) -> list[Document]:
    return [
        {"id": one.id, "title": one.title, **asdict(tally.timescales.get(one.id, TimescaleCounts()))}
        for one in pack.timescales
    ]


def _rating(one: RatingResult) -> Document:
    structure = one.structure
    return {
        "id": structure.id,
        "title": structure.title,
        "level": one.level,
        "reason": one.reason,
        "policy": structure.policy.value,
        "points": None if one.points is None else exact_text(one.points),
        "before": one.before,
        "overridden": one.overridden,
        "members": [
            {"id": member.name, "level": level}
            for member, level in zip(structure.members, one.members, strict=True)
        ],
        "source": structure.source,
    }


def _limit(one: LimitResult) -> Document:
    structure = one.structure
    return {
        "id": structure.id,
        "title": structure.title,
        "source": structure.source,
        "each": structure.each,
        "most": structure.most,
        "groups": one.groups,
        "without": one.without,
        "over": [asdict(each) for each in one.over],
        "may_be_over": [asdict(each) for each in one.maybe],
    }


def _validation(one: ValidationResult) -> Document:
    share = one.structure.share
    return {
        "id": one.structure.id,
        "title": one.structure.title,
        "severity": one.structure.severity.value,
        "record": one.structure.record,
        "source": one.structure.source,
        "failed": one.failed,
        "checked": one.checked,
        "not_checked": one.not_checked,
        "not_applicable": one.not_applicable,
        "share": None if share is None else _share(share, one),
    }


def _share(required: Share, one: ValidationResult) -> Document:
    seen = None if one.share is None else exact_text(one.share * 100)
    words = "at least" if required.at_least else "at most"
    return {"percent": seen, "rows": one.rows, "required": f"{words} {exact_text(required.fraction * 100)}%"}


def _score(score: Score | None) -> Document | None:
    return None if score is None else {"percent": score.percent, "exact": score.exact}


def _bounds(bounds: Bounds | None) -> Document | None:
    return None if bounds is None else {"lowest": _score(bounds.lowest), "highest": _score(bounds.highest)}


def _problem(problem: DataProblem) -> Document:
    return {
        "file": problem.file,
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "problem": problem.problem,
        "kind": problem.kind.value,
        "severity": problem.severity.value,
        "key": problem.key,
    }


def _problem_counts(problems: DataProblems) -> Document:
    return {
        "total": problems.total,
        "listed": len(problems.listed),
        "by_kind": [
            {
                "kind": one.kind,
                "file": one.file,
                "column": one.column,
                "count": one.count,
                "is_note": one.is_note,
            }
            for one in problems.counts
        ],
    }
