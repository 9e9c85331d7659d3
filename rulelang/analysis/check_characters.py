"""Checking declarations of check characters: that their parts hang together."""

from __future__ import annotations

from attrs import define

from rulelang.analysis.findings import Findings
from rulelang.analysis.names import Declared
from rulelang.model.checks import CheckCharacters
from rulelang.source import Place, Span
from rulelang.syntax import ast

# So many characters of such weights cannot make a sum that an engine does not hold.
LARGEST = 10_000
LONGEST = 200
# The signs of a picture whose character has a value.
VALUED = "9AX"


def named(check: str) -> str:
    """Return what a check is called among the lists of texts, where a list of codes may bear its name."""
    return f"passes {check}"


@define
class CheckReader:
    """Makes a check of its declaration; what is wrong with it is reported."""

    declared: Declared
    findings: Findings

    def read(self) -> CheckCharacters | None:
        """Return the check, or None where it cannot be made."""
        node: ast.CheckDecl = self.declared.node
        lacking = [
            line
            for line, part in (
                ('picture "9999999999"', node.picture),
                ("weights 10, 9, 8, 7, 6, 5, 4, 3, 2, 1 from character 1", node.weights),
                ("divided by 11 leaves 0", node.remainder),
            )
            if part is None
        ]
        for line in lacking:
            self.findings.error(
                "missing-clause",
                f"the check `{node.name.text}` has no line that begins with `{line.split(' ')[0]}`",
                self.declared.place,
                hint=f"Add a line such as `{line}`.",
            )
        if node.picture is None or node.weights is None or node.remainder is None:
            return None
        before = len(self.findings.diagnostics)
        picture, remainder = node.picture.value, node.remainder
        letters = node.letters.value if node.letters is not None else ""
        self._check_letters(node.letters, letters)
        self._check_numbers(node.weights, remainder)
        made = CheckCharacters(
            named(node.name.text),
            picture,
            node.weights.values,
            node.weights.start - 1,
            remainder.divisor,
            0 if remainder.of_character else remainder.left,
            remainder.left - 1 if remainder.of_character else None,
            letters,
            node.title.value if node.title is not None else None,
            self.declared.place,
        )
        self._check_places(made, node.weights.span, remainder.span)
        return made if len(self.findings.diagnostics) == before else None

    def _wrong(self, message: str, span: Span, hint: str | None = None) -> None:
        self.findings.error("check-characters", message, Place(self.declared.file, span), hint=hint)

    def _check_letters(self, node: ast.Text | None, letters: str) -> None:
        if node is None:
            return
        odd = [one for one in letters if not (one.isascii() and one.isalpha())]
        if not letters or odd:
            self._wrong("`letters` holds letters from A to Z alone", node.span, "Digits count as themselves.")
        elif len(set(letters)) < len(letters):
            twice = next(one for one in letters if letters.count(one) > 1)
            self._wrong(f"the letter `{twice}` stands twice: what does it count as?", node.span)

    def _check_numbers(self, weights: ast.Weights, remainder: ast.Remainder) -> None:
        if max(weights.values) > LARGEST or len(weights.values) > LONGEST:
            self._wrong(f"weights go up to {LARGEST}, and there are {LONGEST} at most", weights.span)
        if not 2 <= remainder.divisor <= LARGEST:
            self._wrong(f"the divisor lies between 2 and {LARGEST}", remainder.span)
        elif not remainder.of_character and remainder.left >= remainder.divisor:
            self._wrong(
                f"divided by {remainder.divisor}, never {remainder.left} is left: "
                f"0 to {remainder.divisor - 1} can be",
                remainder.span,
            )

    def _check_places(self, check: CheckCharacters, weights: Span, remainder: Span) -> None:
        spans = [*(weights for _ in check.weights), remainder]
        for place, span in zip(check.counted, spans, strict=False):
            if not 0 <= place < len(check.picture):
                self._wrong(
                    f"there is no character {place + 1}: the picture shows {len(check.picture)}",
                    span,
                    "Characters are counted from 1, and there is a weight for each, one after another.",
                )
                return
            sign = check.picture[place]
            if sign not in VALUED:
                self._wrong(
                    f"character {place + 1} is `{sign}` in the picture, which counts as no number",
                    span,
                    "Characters that count are a digit, `9`, a letter, `A`, or either, `X`.",
                )
                return
            if sign != "9" and not check.letters:
                self._wrong(
                    f"character {place + 1} may be a letter, and it is not said what letters count as",
                    span,
                    'Add them in their order, the first counting as 0: `letters "ABCDEFGHJKLMNPQRTUVWXYZ"`.',
                )
                return
