"""The memory of a container is what its control group allows, not what the machine has."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from dupedash.images import apart
from dupedash.workers import memory


def groups(folder: Path, own: str, **limits: str) -> list[int]:
    """The limits where the process is in these groups; `limits`: path with __ for / → text of the file."""
    (folder / "own").write_text(own)
    for name, text in limits.items():
        path = folder / "mount" / name.replace("__", "/").replace("_max", ".max")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return sorted(memory.group_limits(folder / "mount", folder / "own"))


def test_limits_of_all_groups_above_count(tmp_path):
    found = groups(tmp_path, "0::/a/b\n", memory_max="9000", a__memory_max="500\n", a__b__memory_max="max")
    assert found == [500, 9000]


def test_a_container_that_sees_its_own_group_as_the_root_is_limited(tmp_path):
    assert groups(tmp_path, "0::/docker/1234\n", memory_max="4096") == [4096]


def test_limits_of_the_first_version_count(tmp_path):
    (tmp_path / "mount/memory/x").mkdir(parents=True)
    (tmp_path / "mount/memory/x/memory.limit_in_bytes").write_text("123456\n")
    assert groups(tmp_path, "5:cpu:/x\n4:memory,hugetlb:/x\n0::/\n") == [123456]


@pytest.mark.parametrize("own", ["", "nonsense", "0::/x\n", ":::\n\n0:", "0::relative\n"])
def test_what_is_not_understood_limits_nothing(tmp_path, own):
    assert groups(tmp_path, own) == []


def test_the_readers_fit_into_what_may_be_used(monkeypatch):
    assert 0 < memory.usable() <= psutil.virtual_memory().total
    monkeypatch.setattr(memory, "group_limits", lambda: [1 << 30])
    assert memory.usable() == 1 << 30
    assert apart.at_once() == 1
