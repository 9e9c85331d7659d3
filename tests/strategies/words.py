"""Names that authors are likely to choose, among them every word of the language."""

from __future__ import annotations

from rulelang.syntax.units import phrases

LIKELY = """
date count source section limit case status met good time year month weekday length first last latest
earliest sum lowest highest most read column key optional planned text number judgement duration datetime
version title name period code codes record pack choice calendar parameter define timescale criterion
item bands band example rating decision validation amend score weight finding describes evidence relevant
excused reported counted start started ended end due late overdue unknown open closed covers weekend
holidays by to from within every until at on in of for and or is not has have where some all no yes if
then otherwise when as_at missing known readable unique before after between contains starts ends with
other different each any one list a an the N A B1 working days weeks hours minutes years months either
side paused restarts applies clock uses dated inspected characters matches order mean pooled requires
rated extended
""".split()  # noqa: SIM905
LIKELY_NAMES = sorted(
    {*LIKELY, *(word for phrase in phrases().values() for word in phrase.split() if "/" not in word)}
)
