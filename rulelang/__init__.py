"""rulelang: inspection criteria and time limits written as sentences, applied to case records, scored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rulelang.api import Pack, load, load_text
    from rulelang.diagnostics import Diagnostic, RulesError
    from rulelang.evaluation import evaluate_expression
    from rulelang.explaining.judgement import ItemJudgement, Judgement, TimescaleJudgement
    from rulelang.outcomes import ItemOutcome, TimescaleOutcome
    from rulelang.reading import DataProblem, ReadingError
    from rulelang.scoring.result import Result
    from rulelang.truth import NA, UNREADABLE

__version__ = "0.1.0"

# Where each public name lives. Importing rulelang imports none of it: the command line must feel instant.
_HOMES = {
    "Diagnostic": "rulelang.diagnostics",
    "DataProblem": "rulelang.reading",
    "ItemJudgement": "rulelang.explaining.judgement",
    "ItemOutcome": "rulelang.outcomes",
    "Judgement": "rulelang.explaining.judgement",
    "NA": "rulelang.truth",
    "Pack": "rulelang.api",
    "ReadingError": "rulelang.reading",
    "Result": "rulelang.scoring.result",
    "RulesError": "rulelang.diagnostics",
    "TimescaleJudgement": "rulelang.explaining.judgement",
    "TimescaleOutcome": "rulelang.outcomes",
    "UNREADABLE": "rulelang.truth",
    "evaluate_expression": "rulelang.evaluation",
    "load": "rulelang.api",
    "load_text": "rulelang.api",
}

__all__ = [
    "NA",
    "UNREADABLE",
    "DataProblem",
    "Diagnostic",
    "ItemJudgement",
    "ItemOutcome",
    "Judgement",
    "Pack",
    "ReadingError",
    "Result",
    "RulesError",
    "TimescaleJudgement",
    "TimescaleOutcome",
    "__version__",
    "evaluate_expression",
    "load",
    "load_text",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'rulelang' has no attribute {name!r}")
