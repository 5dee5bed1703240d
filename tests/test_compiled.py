"""Functions are compiled once for a machine, and whether that is still to be done is known beforehand."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dupedash import compiled
from dupedash.embedded.compare import pairs
from dupedash.embedded.describe.descriptor import Descriptor, describe
from dupedash.embedded.retrieve.index import Index, Indexable, search
from dupedash.embedded.run import warm
from tests.embedded_pictures import scene


def test_a_function_is_to_be_compiled_until_its_machine_code_is_kept(tmp_path: Path, monkeypatch) -> None:
    source = tmp_path / "small.py"
    source.write_text("def twice(x):\n    return 2 * x\n")
    spec = importlib.util.spec_from_file_location("small", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert compiled.differing_bits.dispatcher  # type: ignore[attr-defined]  # numba has its usual folder
    monkeypatch.setattr(compiled, "_FUNCTIONS", [])
    monkeypatch.setattr(compiled, "kept_in", lambda: tmp_path / "kept")
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "kept"))
    twice = compiled.compiled(module.twice)
    assert compiled.not_compiled() == ["small.twice"]
    assert compiled.to_compile()
    assert twice(21) == 42
    assert not compiled.to_compile()


def test_where_nothing_may_be_written_there_is_nothing_to_compile_ahead(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(compiled, "kept_in", lambda: tmp_path / "not" / "there")
    assert compiled.to_compile()
    monkeypatch.setattr(os, "access", lambda place, _mode: place != tmp_path)
    assert not compiled.to_compile()


@given(st.integers(0, 2**64 - 1))
def test_the_bits_of_a_number_are_counted(number: int) -> None:
    assert compiled.set_bits(np.uint64(number)) == number.bit_count()


def test_machine_code_is_made_anew_where_a_function_that_it_calls_was_changed(tmp_path: Path) -> None:
    caller, called = tmp_path / "caller.py", tmp_path / "called.py"
    caller.write_text("from called import f\n@compiled\ndef g(x):\n    return f(x)\n")
    called.write_text("\n@compiled\ndef f(x):\n    return x\n")
    before = compiled.sources_stamp(tmp_path)
    (tmp_path / "other.py").write_text("nothing = 1\n")
    assert compiled.sources_stamp(tmp_path) == before
    called.write_text("\n@compiled\ndef f(x):\n    return 2 * x\n")
    assert compiled.sources_stamp(tmp_path) != before


def test_machine_code_lies_in_a_folder_of_its_sources() -> None:
    kept = Path(compiled.differing_bits.dispatcher.stats.cache_path)  # type: ignore[attr-defined]
    assert kept.parent == compiled.kept_in()
    assert kept.parent.name == f"code-{compiled.sources_stamp(Path(compiled.__file__).parent)}"


def test_a_compiled_call_loads_no_linear_algebra() -> None:
    """It would take more than half of the time until the first call."""
    call = "from dupedash.compiled import differing_bits; import numpy as np, sys\n"
    call += "differing_bits(np.zeros(4, np.uint64), np.ones(4, np.uint64))\n"
    call += "print('scipy.linalg' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_many_threads_may_make_the_first_call_at_once() -> None:
    call = """
import numpy as np
from concurrent.futures import ThreadPoolExecutor
from dupedash.compiled import differing_bits
def one(_): return differing_bits(np.zeros(4, np.uint64), np.ones(4, np.uint64))
with ThreadPoolExecutor(16) as threads: print(list(threads.map(one, range(64))) == [4] * 64)
"""
    run = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "True"


def test_who_starts_a_scan_loads_no_compiler() -> None:
    """It takes as long to load as all that `status` needs, and the worker processes do what is compiled."""
    opened = "import sys, dupedash.embedded.run.join; from dupedash.compiled import to_compile\n"
    opened += "to_compile(); print('numba' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", opened], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_what_is_loaded_ahead_is_what_a_search_calls(tmp_path: Path, monkeypatch) -> None:
    """Compiled code is made anew for arrays of another kind, as for those that may not be written to."""
    monkeypatch.setattr(warm, "to_compile", lambda: False)
    warm.warm_up()
    ahead = {function: list(function.dispatcher.signatures) for function in compiled._FUNCTIONS}
    picture = scene(1)
    stored = [
        Descriptor.from_bytes(describe(shown).to_bytes()) for shown in (picture, picture[:, ::-1].copy())
    ]
    Index.build([Indexable.of(stored[0])]).save(tmp_path)
    search(Index.load(tmp_path), stored, 2.0)
    pairs.judge(*stored, (False, True)).explanation(*stored)
    now = {function: function.dispatcher.signatures for function in ahead}
    assert {function.name: now[function] for function, known in ahead.items() if now[function] != known} == {}
