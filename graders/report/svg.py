"""Pictures for the page, as SVG: across in percent, down in pixels, so that text keeps its size; pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from markupsafe import Markup

from graders.report import plain
from graders.report.schema import Speed, Statement, Trace
from graders.report.statements import shape

LANE, TOP, ROW = 50, 18, 13
FAR = 10
"""Largest over smallest value from which a scale is logarithmic."""
BOUNDS = (0.01, 1e7)

Scale = Callable[[float], float]


def latency(speed: Speed, name: str, dots: int) -> Markup:
    """All samples of both sides as dots with their medians, the baseline, and up to where marks are full."""
    sides = [
        ("submission", "this submission", speed.submission_ms, [pair[0] for pair in speed.samples[:dots]]),
        ("reference", "the reference", speed.reference_ms, [pair[1] for pair in speed.samples[:dots]]),
        ("baseline", "assumed while broken", speed.baseline_ms, []),
    ]
    values = [speed.target_ms, *(value for _, _, median, taken in sides for value in (median, *taken))]
    scale, ticks, logarithmic = _scale(values)
    bottom = TOP + LANE * len(sides)
    parts = [_target(scale(speed.target_ms), speed.target_ms, bottom), *_axis(ticks, scale, bottom)]
    for nth, (side, label, median, taken) in enumerate(sides):
        parts += _lane(TOP + LANE * nth, side, label, scale, median, taken)
    said = "; ".join(f"{label} {time(median)}" for _, label, median, _ in sides)
    kind = "Logarithmic scale. " if logarithmic else ""
    desc = f"{kind}Medians: {said}. Full marks up to {time(speed.target_ms)}."
    return _picture(name, "Time of each sample", desc, bottom + 20, parts)


def _lane(
    y: int, side: str, label: str, scale: Scale, median: float, taken: Sequence[float]
) -> Iterator[Markup]:
    line = y + 35
    yield _text(0, y + 19, label, "start", "label", dx=9)
    yield _text(100, y + 19, time(median), "end", "value", dx=-9)
    yield Markup('<line class="lane" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(line)
    for nth, value in enumerate(taken):
        dy = line + (nth * 5 % 7 - 3) * 1.5  # spread, so that equal ones are seen; the same each time
        yield Markup('<circle class="{}" cx="{}%" cy="{:g}" r="3"/>').format(side, scale(value), dy)
    yield Markup('<line class="median {}" x1="{x}%" x2="{x}%" y1="{}" y2="{}"/>').format(
        side, line - 9, line + 9, x=scale(median)
    )


def _target(x: float, ms: float, bottom: int) -> Markup:
    zone = Markup('<rect class="zone" y="18" width="{}%" height="{}"/>').format(x, bottom - 18)
    line = Markup('<line class="target" x1="{0}%" x2="{0}%" y1="18" y2="{1}"/>').format(x, bottom)
    return zone + line + _text(x, 12, f"full marks up to {time(ms)}", "end" if x > 50 else "start", "goal")


def _axis(ticks: Iterable[float], scale: Scale, y: int) -> Iterator[Markup]:
    yield Markup('<line class="axis" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(y)
    for tick in ticks:
        x = scale(tick)
        yield Markup('<line class="axis" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>').format(x, y, y + 4)
        yield _text(x, y + 17, time(tick), _anchor(x), "tick")


def _scale(values: Iterable[float]) -> tuple[Scale, list[float], bool]:
    """From milliseconds to percent of the width, with round numbers on it; whether it is logarithmic."""
    held = [_held(value) for value in values]
    low, high = min(held) / 1.25, max(held) * 1.15
    if high / low < FAR:
        step = _round_up(high / 5)
        ticks = [step * nth for nth in range(int(high / step) + 1)]
        return (lambda value: round(100 * _held(value) / high, 1)), ticks, False
    span = math.log(high / low)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)))
    steps = (1, 2, 5) if high / low < 300 else (1,)
    sparse = decades[:: 1 + len(decades) // 6]
    ticks = [m * 10.0**k for k in sparse for m in steps if low <= m * 10.0**k <= high]
    return (lambda value: round(100 * math.log(_held(value) / low) / span, 1)), ticks, True


def _held(value: float) -> float:
    """Within what can be drawn, whatever a report says; not a number becomes the least."""
    return min(BOUNDS[1], max(BOUNDS[0], value))


def _round_up(value: float) -> float:
    """To 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= value)


def reach(traces: Iterable[Trace | None], rows: int) -> float:
    """Milliseconds up to which a waterfall must go to hold each request, or the first statements of it."""
    return _held(max((_end(trace, rows) for trace in traces if trace), default=1.0)) * 1.08


def _end(trace: Trace, rows: int) -> float:
    shown = trace.statements[:rows]
    return shown[-1].start_ms if 0 < len(shown) < trace.total else trace.ms


def waterfall(trace: Trace, letters: Mapping[str, str], until: float, name: str, rows: int) -> Markup:
    """A mark for each of the first statements, later ones further right and further down."""
    shown = trace.statements[:rows]
    parts = [_request(_percent(trace.ms, until), time(trace.ms))]
    parts += [_mark(one, nth, letters, until) for nth, one in enumerate(shown)]
    bottom = 26 + ROW * len(shown)
    step = _round_up(until / 4)
    parts += _axis([step * nth for nth in range(int(until / step) + 1)], lambda v: _percent(v, until), bottom)
    some = part(trace, rows)
    count = f"{trace.total} statement{'' if trace.total == 1 else 's'}"
    desc = f"{count}, the request took {_took(trace)}.{f' {some}.' if some else ''}"
    return _picture(name, "SQL statements of one request", desc, bottom + 20, parts)


def part(trace: Trace, rows: int) -> str:
    """Which statements of a trace are drawn; empty where all are."""
    drawn = min(rows, len(trace.statements))
    if drawn >= trace.total:
        return ""
    which = {0: "None is drawn", 1: "Only the first is drawn"}.get(drawn, f"The first {drawn} are drawn")
    more = trace.total - drawn
    return f"{which}, {more} {'more ' if drawn else ''}{'is' if more == 1 else 'are'} left out here"


def _took(trace: Trace) -> str:
    answered = plain.answered(trace)
    return f"{time(trace.ms)} and {answered}" if answered else time(trace.ms)


def _percent(value: float, until: float) -> float:
    return round(min(100.0, 100 * _held(value) / until), 1) if value > 0 else 0.0


def _request(width: float, label: str) -> Markup:
    bar = Markup('<rect class="request" y="1" width="{}%" height="17" rx="2"/>').format(width)
    return bar + _text(0, 13, f"the request, {label}{' →' if width >= 100 else ''}", "start", "label", dx=6)


def _mark(one: Statement, nth: int, letters: Mapping[str, str], until: float) -> Markup:
    letter, x, y = letters[shape(one.sql)], _percent(one.start_ms, until), 22 + ROW * nth
    side = ("end", -3) if x > 94 else ("start", 7)
    kind = letter if letter.isalpha() else "other"
    mark = Markup('<rect class="{}" x="{}%" y="{}" width="4" height="10" rx="1"/>').format(kind, x, y)
    return mark + _text(x, y + 9, letter, side[0], "letter", dx=side[1])


def time(ms: float) -> str:
    """As it is read: three digits, or all of a long one."""
    if not ms < 1000:
        return f"{ms / 1000:.3g} s"
    return f"{ms:.0f} ms" if ms >= 100 else f"{ms:.2g} ms" if ms < 10 else f"{ms:.3g} ms"


def _anchor(x: float) -> str:
    return "start" if x < 4 else "end" if x > 96 else "middle"


def _text(x: float, y: float, text: str, anchor: str, kind: str, dx: int = 0) -> Markup:
    shift = Markup(' dx="{}"').format(dx) if dx else ""
    return Markup('<text class="{}" x="{}%" y="{:g}" text-anchor="{}"{}>{}</text>').format(
        kind, x, y, anchor, shift, text
    )


def _picture(name: str, title: str, desc: str, height: float, parts: Iterable[Markup]) -> Markup:
    """`name` starts its ids."""
    return Markup(
        '<svg role="img" aria-labelledby="{0}-t {0}-d" width="100%" height="{1:g}">'
        '<title id="{0}-t">{2}</title><desc id="{0}-d">{3}</desc>{4}</svg>'
    ).format(name, height, title, desc, Markup().join(parts))
