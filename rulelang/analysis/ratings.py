"""Checking ratings: their members, the scale of their levels, their lines, and what their lines leave out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from attrs import define, field

from rulelang.analysis.expressions import Expressions
from rulelang.analysis.findings import Findings, meant, offered, there_are
from rulelang.analysis.names import Declared, Names
from rulelang.analysis.rating_gaps import look_over
from rulelang.analysis.scope import Scope
from rulelang.diagnostics import and_list
from rulelang.model.pack import Item
from rulelang.model.ratings import (
    CasesHave,
    Condition,
    HowMany,
    LevelTest,
    Logic,
    MemberIs,
    MemberKind,
    RatingCap,
    RatingLine,
    RatingMember,
    RatingStructure,
)
from rulelang.model.records import Choice
from rulelang.model.structure import Bands, CriterionStructure
from rulelang.outcomes import NoEvidence
from rulelang.source import SourceFile, Span
from rulelang.syntax import ast

EVERY_CRITERION = "criteria"
_BY_LINES = (ast.RatingPolicy.FIRST, ast.RatingPolicy.ONE, ast.RatingPolicy.POINTS)


def scale_of(bands: Bands) -> tuple[str, ...]:
    """Return the levels of bands, the worst first."""
    return tuple(level.name for level in sorted(bands.levels, key=lambda one: one.at_least or Fraction(-1)))


@define
class Ratings:
    """Checks the ratings of one pack. `asked` are the items that count what ratings ask of cases."""

    names: Names
    checker: Expressions
    findings: Findings
    criteria: Mapping[str, CriterionStructure]
    bands: Mapping[str, Bands]
    choices: Mapping[str, Choice]
    scope_of: Callable[[SourceFile], Scope]
    built: dict[str, RatingStructure] = field(factory=dict)
    asked: list[Item] = field(factory=list)
    _under_way: list[str] = field(factory=list)
    _scales: dict[str, tuple[str, ...]] = field(factory=dict)

    def check(self) -> None:
        """Check every rating, members before those that they are members of."""
        for declared in self.names.kind("rating").values():
            if declared.node.members:
                self._scale_members(declared)
        for name in self.names.kind("rating"):
            self._rating(name)

    # --- scales ---------------------------------------------------------------------------------------------

    def _scale_members(self, declared: Declared) -> None:
        """Find the scale of a rating: that of its criteria, or of bands or a choice that has all of its levels."""
        node: ast.RatingDecl = declared.node
        scale = self._scale(node.name.text, frozenset())
        if scale is None:
            return
        for member in node.members:
            other = self.names.kind("rating").get(member.text)
            if other is not None and not other.node.members:
                self._scales.setdefault(member.text, scale)

    def _scale(self, name: str, above: frozenset[str]) -> tuple[str, ...] | None:
        declared = self.names.kind("rating").get(name)
        if declared is None or name in above:
            return None
        if name in self._scales:
            return self._scales[name]
        node: ast.RatingDecl = declared.node
        for member in self._names_of(node):
            criterion = self.criteria.get(member)
            if criterion is not None and criterion.bands is not None:
                return self._scales.setdefault(name, scale_of(criterion.bands))
        for member in self._names_of(node):
            found = self._scale(member, above | {name}) if member not in self.criteria else None
            if found is not None:
                return self._scales.setdefault(name, found)
        written = {level.name.text for level in node.levels}
        known = [scale_of(one) for one in self.bands.values()]
        known += [one.type.values for one in self.choices.values() if one.type.ordered]
        fitting = {one for one in known if written <= set(one)}
        return self._scales.setdefault(name, fitting.pop()) if len(fitting) == 1 else None

    def _names_of(self, node: ast.RatingDecl) -> Sequence[str]:
        names = [one.text for one in node.members]
        if names == [EVERY_CRITERION] and EVERY_CRITERION not in self.criteria:
            return [one.id for one in self.criteria.values() if one.bands is not None]
        return names

    # --- one rating -----------------------------------------------------------------------------------------

    def _rating(self, name: str) -> RatingStructure | None:
        if name in self.built:
            return self.built[name]
        declared = self.names.kind("rating")[name]
        node: ast.RatingDecl = declared.node
        if name in self._under_way:
            circle = [*self._under_way[self._under_way.index(name) :], name]
            told = " needs ".join(f"`{one}`" for one in circle)
            self.findings.error("circle", f"a rating needs itself: {told}", declared.place)
            return None
        before = len(self.findings.diagnostics)
        self._under_way.append(name)
        made = self._made(declared, node, self.scope_of(declared.file))
        self._under_way.pop()
        if made is None or any(one.is_error for one in self.findings.diagnostics[before:]):
            return None
        self.built[name] = made
        if made.policy in _BY_LINES:
            look_over(made, declared, self.findings)
        return made

    def _made(self, declared: Declared, node: ast.RatingDecl, scope: Scope) -> RatingStructure | None:
        title = node.title.value if node.title else node.name.text
        source = node.source.value if node.source else None
        scale = self._scale(node.name.text, frozenset())
        if scale is None and not node.members and self._is_member(node.name.text):
            return None  # said of the rating that it is a member of
        if scale is None:
            self.findings.error(
                "rating-scale",
                f"it cannot be told which levels `{node.name.text}` may have, and which is better",
                declared.place,
                hint="Declare them from the worst to the best, such as "
                "`choice levels in order inadequate, good, outstanding`, or rate criteria by `bands`.",
            )
            return None
        if node.policy is ast.RatingPolicy.GIVEN:
            return RatingStructure(node.name.text, title, (), scale, node.policy, source=source)
        members = self._members(declared, node, scale, scope)
        lines = tuple(
            one for level in node.levels if (one := self._line(level, node, scale, scope)) is not None
        )
        caps = tuple(made for cap in node.caps if (made := self._cap(cap, node, scale, scope)) is not None)
        self._check_lines(declared, node, scale)
        return RatingStructure(
            node.name.text,
            title,
            members,
            scale,
            node.policy,
            lines,
            caps,
            self._level(node.unrated, scale, scope) if node.unrated is not None else None,
            node.left_out,
            node.earlier,
            node.overridden,
            source,
        )

    def _is_member(self, name: str) -> bool:
        ratings = self.names.kind("rating").values()
        return any(name == member.text for one in ratings for member in one.node.members)

    def _members(
        self, declared: Declared, node: ast.RatingDecl, scale: tuple[str, ...], scope: Scope
    ) -> tuple[RatingMember, ...]:
        made: list[RatingMember] = []
        for place, name in enumerate(self._names_of(node)):
            span = node.members[place].span if place < len(node.members) else node.members[0].span
            member = self._member(name, scope, span)
            if member is None:
                continue
            own = self._scales.get(name) if member.kind is MemberKind.RATING else self._of_criterion(name)
            if own is not None and own != scale:
                self.findings.error(
                    "rating-scale",
                    f"`{name}` has the levels {and_list(own)}, and `{node.name.text}` has {and_list(scale)}",
                    scope.place(span),
                    hint="All members of a rating, and the rating, have the same levels.",
                )
            if any(one.name == name for one in made):
                self.findings.error("declared-twice", f"`{name}` is a member twice", scope.place(span))
            made.append(member)
        if not made and not node.members[1:] and node.members[0].text == EVERY_CRITERION:
            self.findings.error(
                "rating-member",
                "no criterion is rated, so there is nothing to rate",
                declared.place,
                hint="Give each criterion a line such as `rated by judgement_bands`.",
            )
        return tuple(made)

    def _of_criterion(self, name: str) -> tuple[str, ...] | None:
        bands = self.criteria[name].bands
        return scale_of(bands) if bands is not None else None

    def _member(self, name: str, scope: Scope, span: Span) -> RatingMember | None:
        criterion = self.criteria.get(name)
        if criterion is not None:
            if criterion.bands is None:
                self.findings.error(
                    "rating-member",
                    f"the criterion `{name}` is not rated",
                    scope.place(span),
                    hint="Give it a line such as `rated by judgement_bands`.",
                )
                return None
            return RatingMember(name, criterion.title, MemberKind.CRITERION)
        if name in self.names.kind("rating"):
            other = self._rating(name)
            return RatingMember(name, other.title, MemberKind.RATING) if other is not None else None
        known = [*self.criteria, *self.names.kind("rating")]
        near = meant(name, known)
        self.findings.error(
            "rating-member",
            f"`{name}` is neither a criterion nor a rating",
            scope.place(span),
            near,
            hint=None
            if near
            else f"What inspectors judge themselves is a rating as well: `rating {name} given at the run`.",
        )
        return None

    # --- levels and lines -----------------------------------------------------------------------------------

    def _level(self, name: ast.Name | None, scale: tuple[str, ...], scope: Scope) -> int:
        assert name is not None
        if name.text in scale:
            return scale.index(name.text)
        near = meant(name.text, scale)
        self.findings.error(
            "unknown-value",
            f"`{name.text}` is not one of the levels",
            scope.place(name.span),
            near,
            hint=None if near else f"They are {offered(scale)}.",
        )
        return 0

    def _line(
        self, level: ast.RatingLevel, node: ast.RatingDecl, scale: tuple[str, ...], scope: Scope
    ) -> RatingLine | None:
        place = self._level(level.name, scale, scope)
        if level.when is None:
            return RatingLine(place, None, level.points, level.at_least, "otherwise")
        when = self._condition(level.when, node, scale, scope)
        return RatingLine(place, when, text=_words(scope, level.when.span)) if when is not None else None

    def _cap(
        self, cap: ast.RatingCap, node: ast.RatingDecl, scale: tuple[str, ...], scope: Scope
    ) -> RatingCap | None:
        when = self._condition(cap.when, node, scale, scope)
        level = self._level(cap.name, scale, scope)
        return RatingCap(level, cap.best, when, _words(scope, cap.when.span)) if when is not None else None

    def _condition(
        self, node: ast.RatingCondition, of: ast.RatingDecl, scale: tuple[str, ...], scope: Scope
    ) -> Condition | None:
        match node:
            case ast.RatingCount(test=test, least=least, most=most, every=every):
                self._check_count(node, of, scope)
                return HowMany(self._test(test, scale, scope), least, most, every)
            case ast.RatingMember(member=member, test=test):
                members = list(self._names_of(of))
                if member.text not in members:
                    near = meant(member.text, members)
                    self.findings.error(
                        "rating-member",
                        f"`{member.text}` is not a member of `{of.name.text}`",
                        scope.place(member.span),
                        near,
                        hint=None if near else there_are("members", members),
                    )
                    return None
                return MemberIs(members.index(member.text), self._test(test, scale, scope))
            case ast.RatingCases(condition=condition, some=some, percent=percent):
                id_ = self._counted(condition, of, scope)
                return CasesHave(
                    id_, some, None if percent is None else percent / 100, _words(scope, node.span)
                )
            case ast.RatingLogic(op=op, parts=parts):
                made = [self._condition(part, of, scale, scope) for part in parts]
                kept = tuple(part for part in made if part is not None)
                return Logic(op, kept) if len(kept) == len(parts) else None

    def _counted(self, condition: ast.Expr, of: ast.RatingDecl, scope: Scope) -> str:
        """Return the id of the item that counts the cases of a condition, which is counted once however often asked."""
        asked = self.checker.condition(condition, scope)
        for one in self.asked:
            if one.met == asked:
                return one.id
        id_ = f"{of.name.text} {len(self.asked) + 1}"
        place = scope.place(condition.span)
        self.asked.append(Item(id_, id_, met=asked, no_evidence=NoEvidence.UNKNOWN, place=place))
        return id_

    def _check_count(self, node: ast.RatingCount, of: ast.RatingDecl, scope: Scope) -> None:
        members = len(self._names_of(of))
        most = max(node.least or 0, node.most or 0)
        if most > members:
            are = "there is only 1" if members == 1 else f"there are only {members}"
            self.findings.error(
                "rating-member", f"`{of.name.text}` has no {most} members: {are}", scope.place(node.span)
            )

    def _test(self, node: ast.LevelTest, scale: tuple[str, ...], scope: Scope) -> LevelTest:
        return LevelTest(node.side, 0 if node.level is None else self._level(node.level, scale, scope))

    # --- lines together -------------------------------------------------------------------------------------

    def _check_lines(self, declared: Declared, node: ast.RatingDecl, scale: tuple[str, ...]) -> None:
        scope = self.scope_of(declared.file)
        if node.policy is ast.RatingPolicy.LOWEST:
            for level in node.levels[:1]:
                self._clash("the lowest level of its members is its level, so it has no lines", level, scope)
            return
        if not node.levels:
            self.findings.error(
                "missing-clause",
                f"the rating `{node.name.text}` does not say when which level is reached",
                declared.place,
                hint="Add lines such as `inadequate when 2 or more are inadequate` and `good otherwise`.",
            )
        rest = [level for level in node.levels if level.when is None and level.at_least is None]
        for again in rest[1:]:
            self._clash("`otherwise` stands here a second time", again, scope)
        if node.policy is ast.RatingPolicy.POINTS:
            self._check_points(declared, node, scale, scope)
            return
        for level in node.levels:
            if level.points is not None:
                self._clash(
                    f"points count only where they are added up, and `{node.name.text}` is "
                    f"{node.policy.value}",
                    level,
                    scope,
                )
        if node.policy is ast.RatingPolicy.FIRST and rest and rest[0] is not node.levels[-1]:
            self._clash("`otherwise` comes last: no line below it is ever reached", rest[0], scope)

    def _check_points(
        self, declared: Declared, node: ast.RatingDecl, scale: tuple[str, ...], scope: Scope
    ) -> None:
        for level in node.levels:
            if level.points is None:
                self._clash(
                    "each line says what its level counts, and from how many points on it is reached",
                    level,
                    scope,
                )
        lacking = [one for one in scale if one not in {level.name.text for level in node.levels}]
        if lacking and node.levels:
            self.findings.error(
                "missing-clause",
                f"it is not said how many points {and_list(lacking)} {'counts' if len(lacking) == 1 else 'count'}",
                declared.place,
                hint=f"Add a line such as `{lacking[0]} 0 points, otherwise`.",
            )

    def _clash(self, message: str, level: ast.RatingLevel, scope: Scope) -> None:
        self.findings.error("clauses-clash", message, scope.place(level.span))


def _words(scope: Scope, span: Span) -> str:
    return " ".join(scope.file.slice(span).split())
