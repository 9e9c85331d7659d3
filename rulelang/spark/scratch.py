"""What a run leaves in a session while it lasts: views, kept rows and settings, all put back at its end."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from attrs import define, field

_numbers = itertools.count()


@define(eq=False)
class Scratch:
    """A session, and the views and kept rows that a run made in it."""

    session: Any
    views: list[str] = field(factory=list)
    kept: list[Any] = field(factory=list)

    def view(self, what: str, made: Any) -> str:
        """Make a view of a DataFrame or of the text of a query, and return its name, which nothing else has."""
        name = f"rulelang_{what}_{next(_numbers)}"
        frame = self.session.sql(made) if isinstance(made, str) else made
        frame.createOrReplaceTempView(name)
        self.views.append(name)
        return name

    def keep(self, frame: Any) -> Any:
        """Keep the rows of a DataFrame on the cluster until the end of the run."""
        self.kept.append(frame.persist())
        return frame

    def rows(self, text: str) -> list[dict[str, Any]]:
        """Return the rows of a query by name."""
        found = self.session.sql(text)
        names = found.columns
        return [dict(zip(names, row, strict=True)) for row in found.collect()]

    def one(self, text: str) -> dict[str, Any]:
        """Return the only row of a query."""
        (found,) = self.rows(text)
        return found

    def close(self) -> None:
        """Drop everything."""
        for name in self.views:
            self.session.catalog.dropTempView(name)
        for frame in self.kept:
            frame.unpersist()


@contextmanager
def configured(session: Any, wanted: Mapping[str, str]) -> Iterator[None]:
    """Change settings of a session for a while."""
    before = {name: session.conf.get(name, None) for name in wanted}
    for name, value in wanted.items():
        session.conf.set(name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                session.conf.unset(name)
            else:
                session.conf.set(name, value)
