"""The form of a keeper policy: a preset, then its criteria in order and what is never removed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import streamlit as st

from dupedash import wording
from dupedash.errors import ConfigError
from dupedash.keepers import PRESETS, Criterion, Policy, ProtectedField, Rule
from dupedash.model import FieldInfo, FieldType
from dupedash.ui import errors
from dupedash.ui.shared.inputs import read_json

_KEY, _PRESET = "clear.policy", "clear.preset"
_WIDTHS = (0.3, 3.2, 4.4, 0.4, 0.4, 0.4)
_VALUES = {
    Rule.FORMAT: "PNG, JPEG (best first)",
    Rule.PATH: "originals, /photos/2024 (best first)",
    Rule.NOT_PATH: "export, tmp",
    Rule.PATTERN: "*/2024/*, *.cr2 (best first)",
    Rule.NOT_PATTERN: "*/export/*, * (1).jpg",
    Rule.FIELD: "approved, draft (best first)",
    Rule.METADATA: "title, author (empty: all)",
}
_number = count(1)

Count = Callable[[tuple[str, ...], bool], Mapping[str, int]]
"""Places, and whether they are patterns → how many images lie in each."""


@dataclass(slots=True)
class Line:
    """One criterion while it is edited; `number` is never used again, it is part of widget keys."""

    number: int
    rule: Rule
    field: str = ""
    values: str = ""

    @staticmethod
    def of(criterion: Criterion) -> Line:
        return Line(next(_number), criterion.rule, criterion.field, joined(criterion.values))

    def criterion(self) -> Criterion:
        """Raises ConfigError where something is missing."""
        field = self.field if self.rule in (Rule.FIELD, Rule.OLDEST, Rule.NEWEST) else ""
        values = parts(self.values) if self.rule in _VALUES else ()
        return Criterion(self.rule, field, values)


@dataclass(slots=True)
class PolicyDraft:
    """A policy while it is edited; `number` as of a line: what was typed into another one is not its own."""

    name: str
    lines: list[Line]
    paths: str = ""
    guarded: str = ""
    indirect: bool = False
    patterns: str = ""
    decide_unsure: bool = False
    number: int = field(default_factory=lambda: next(_number))

    @staticmethod
    def of(policy: Policy) -> PolicyDraft:
        guarded = "\n".join(f"{guard.field}: {guard.value}" for guard in policy.protected_fields)
        lines = [Line.of(criterion) for criterion in policy.criteria]
        paths, patterns = map("\n".join, (policy.protected_paths, policy.protected_patterns))
        return PolicyDraft(
            policy.name, lines, paths, guarded, policy.indirect, patterns, policy.decide_unsure
        )  # fmt: skip

    def policy(self) -> Policy:
        """Raises ConfigError where something is missing."""
        criteria = tuple(line.criterion() for line in self.lines)
        paths, patterns = lines_of(self.paths), lines_of(self.patterns)
        guarded = guards(self.guarded)
        edited = Policy(
            self.name, criteria, paths, guarded, self.indirect, patterns, self.decide_unsure
        )  # fmt: skip
        preset = PRESETS.get(self.name)
        return edited if preset in (None, edited) else replace(edited, name=f"{self.name}, changed")

    def move(self, number: int, step: int) -> None:
        """Up (-1) or down (1)."""
        at = next((n for n, line in enumerate(self.lines) if line.number == number), None)
        if at is None:  # it was removed before the page followed
            return
        to = min(max(at + step, 0), len(self.lines) - 1)
        self.lines.insert(to, self.lines.pop(at))

    def remove(self, number: int) -> None:
        """Take a criterion out."""
        self.lines = [line for line in self.lines if line.number != number]

    def add(self) -> None:
        """One more, at the end."""
        self.lines.append(Line(next(_number), Rule.PIXELS))


def parts(text: str) -> tuple[str, ...]:
    """'a, "b, c"' → ("a", "b, c")."""
    rows = csv.reader([text], skipinitialspace=True)
    return tuple(filter(None, (value.strip() for row in rows for value in row)))


def joined(values: Sequence[str]) -> str:
    """What `parts` takes apart."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return ", ".join(values) if parts(", ".join(values)) == tuple(values) else line.getvalue()


def lines_of(text: str) -> tuple[str, ...]:
    """The lines with something in them, as they are: a folder's name may end with a blank."""
    return tuple(line for line in text.splitlines() if line.strip())


def guards(text: str) -> tuple[ProtectedField, ...]:
    """Lines "field: value". Raises ConfigError."""
    found = []
    for line in lines_of(text):
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or not value.strip():
            raise ConfigError(f"{line!r} protects nothing: write a field and a value, as status: approved.")
        found.append(ProtectedField(name.strip(), value.strip()))
    return tuple(found)


def draft() -> PolicyDraft:
    """The policy that this visitor edits."""
    known: PolicyDraft = st.session_state.setdefault(_KEY, PolicyDraft.of(next(iter(PRESETS.values()))))
    return known


def draw(fields: Mapping[str, FieldInfo], count_in: Count) -> Policy:
    """Draw the form; the policy that it says comes back. Raises ConfigError."""
    current = draft()
    st.selectbox(
        "What stays", list(PRESETS), key=_PRESET, on_change=_take_preset, persist_state="session",
        help="Criteria are asked in order until one image of the group is left.",
    )  # fmt: skip
    line = st.container()
    with st.expander("Change the rules", icon=":material/tune:"):
        _draw_criteria(current, fields)
        _draw_guards(current, count_in)
        with errors.shown():
            _draw_files(current)
    line.caption(order_words(current))
    return current.policy()


def order_words(current: PolicyDraft) -> str:
    """The criteria in their order, as Markdown."""
    names = [line.criterion().label if _valid(line) else str(line.rule) for line in current.lines]
    return " → ".join(map(errors.as_text, names)) or "No criteria: the first id stays."


def _take_preset() -> None:
    st.session_state[_KEY] = PolicyDraft.of(PRESETS[st.session_state[_PRESET]])


def _valid(line: Line) -> bool:
    try:
        line.criterion()
    except ConfigError:
        return False
    return True


def _draw_criteria(current: PolicyDraft, fields: Mapping[str, FieldInfo]) -> None:
    for place, line in enumerate(current.lines):
        columns = st.columns(_WIDTHS, gap="small", vertical_alignment="center")
        columns[0].caption(f"{place + 1}.")
        _draw_line(line, columns, fields)
        key, last = f"clear.line.{line.number}", len(current.lines) - 1
        columns[3].button("", icon=":material/arrow_upward:", key=f"{key}.up", type="tertiary", help="Up",
                          on_click=current.move, args=(line.number, -1), disabled=place == 0)  # fmt: skip
        columns[4].button("", icon=":material/arrow_downward:", key=f"{key}.down", type="tertiary",
                          help="Down", on_click=current.move, args=(line.number, 1),
                          disabled=place == last)  # fmt: skip
        columns[5].button("", icon=":material/close:", key=f"{key}.remove", type="tertiary", help="Remove",
                          on_click=current.remove, args=(line.number,))  # fmt: skip
    st.button(
        "Add a criterion", icon=":material/add:", key="clear.line.add", type="tertiary", on_click=current.add
    )


def _draw_line(
    line: Line, columns: Sequence[st.delta_generator.DeltaGenerator], fields: Mapping[str, FieldInfo]
) -> None:
    key, rules = f"clear.line.{line.number}", list(Rule)
    line.rule = columns[1].selectbox(
        "Criterion", rules, rules.index(line.rule), key=f"{key}.rule", label_visibility="collapsed",
        format_func=lambda rule: str(rule).capitalize(),
    )  # fmt: skip
    names = _fields_for(line.rule, fields)
    settings = bool(names) + (line.rule in _VALUES)
    places = columns[2].columns(settings, gap="small") if settings else []
    if names:
        names = names if line.field in names else [*names, line.field]
        line.field = places.pop(0).selectbox(
            "Field", names, names.index(line.field), key=f"{key}.{line.rule}.field",
            label_visibility="collapsed", format_func=lambda name: name or "file date",
        )  # fmt: skip
    if line.rule in _VALUES:
        line.values = places.pop(0).text_input(
            "Values", line.values, key=f"{key}.{line.rule}.values", placeholder=_VALUES[line.rule],
            label_visibility="collapsed",
        )  # fmt: skip


def _fields_for(rule: Rule, fields: Mapping[str, FieldInfo]) -> list[str]:
    if rule is Rule.FIELD:
        return sorted(fields)
    if rule in (Rule.OLDEST, Rule.NEWEST):
        return ["", *sorted(name for name, info in fields.items() if info.type is FieldType.DATE)]
    return []


def _draw_guards(current: PolicyDraft, count_in: Count) -> None:
    first, second, third = st.columns(3, gap="medium")
    with first:
        current.paths = st.text_area(
            "Protected folders", current.paths, key=f"clear.paths.{current.number}", height=90,
            placeholder="/photos/originals\nArchive [2024]",
            help="Nothing is ever removed from here. One path per line, as it is or a part of it; every "
                 "character means itself.",
        )  # fmt: skip
        _draw_counts(lines_of(current.paths), count_in, patterns=False)
    with second:
        current.patterns = st.text_area(
            "Protected patterns", current.patterns, key=f"clear.patterns.{current.number}", height=90,
            placeholder="*/2019/*\n*.cr2",
            help="What fits is never removed. One pattern per line: * is anything, ? is one character.",
        )  # fmt: skip
        _draw_counts(lines_of(current.patterns), count_in, patterns=True)
    current.guarded = third.text_area(
        "Protected values", current.guarded, key=f"clear.guarded.{current.number}", height=90,
        placeholder="status: approved", help="Such images are never removed. One field and value per line.",
    )  # fmt: skip
    current.indirect = st.checkbox(
        "Also remove images that match the one that stays only through others",
        current.indirect, key=f"clear.indirect.{current.number}",
    )  # fmt: skip
    current.decide_unsure = st.checkbox(
        "Decide also where it is not sure which image is the edited one",
        current.decide_unsure, key=f"clear.unsure.{current.number}",
        help="Otherwise such images all stay: the largest file is often the one with noise or text added.",
    )  # fmt: skip


def _draw_counts(places: tuple[str, ...], count_in: Count, *, patterns: bool) -> None:
    """How many images each place protects; that one protects nothing is said aloud."""
    if not places:
        return
    found = count_in(places, patterns).items()
    st.caption("  \n".join(count_words(place, number) for place, number in found))


def count_words(place: str, number: int) -> str:
    """One protected place with its number, as Markdown."""
    if not number:
        return f":orange[:material/warning: {errors.as_text(place)}: no image here]"
    return f"{errors.as_text(place)}: {wording.plural(number, 'image')}"


def _draw_files(current: PolicyDraft) -> None:
    left, right = st.columns((1, 2), gap="medium", vertical_alignment="bottom")
    left.download_button(
        "Export rules", json.dumps(current.policy().to_json(), indent=1), "keeper-policy.json",
        "application/json", icon=":material/download:", on_click="ignore", key="clear.policy.export",
    )  # fmt: skip
    file = right.file_uploader("Import rules", type="json", key="clear.policy.import")
    if file is not None and st.session_state.get("clear.policy.taken") != file.file_id:
        st.session_state["clear.policy.taken"] = file.file_id
        st.session_state[_KEY] = PolicyDraft.of(Policy.of_json(read_json(file.getvalue(), file.name)))
        st.rerun()
