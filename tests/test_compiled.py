"""Functions are compiled once for a machine, and whether that is still to be done is known beforehand."""

from __future__ import annotations

import importlib.util
import os
import time
from pathlib import Path

from dupedash import compiled


def test_a_function_is_to_be_compiled_until_its_machine_code_is_kept(tmp_path: Path, monkeypatch) -> None:
    source = tmp_path / "small.py"
    source.write_text("def twice(x):\n    return 2 * x\n")
    spec = importlib.util.spec_from_file_location("small", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(compiled, "_FUNCTIONS", [])
    twice = compiled.compiled(module.twice)
    assert compiled.to_compile()
    assert twice(21) == 42
    assert not compiled.to_compile()
    later = time.time() + 60
    os.utime(source, (later, later))
    assert compiled.to_compile()
