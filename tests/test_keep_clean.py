"""The page's workflow for a clean collection: analyse once, search with that, add with that."""

from __future__ import annotations

import pytest

from dupedash.model import ByAnalysis, ByData, ById, Document, DuplicateQuery
from tests.backends import LOCAL, over_http
from tests.pictures import as_file, scene, smaller


@pytest.mark.parametrize("backend", LOCAL, ids=lambda backend: backend.__name__)
@pytest.mark.parametrize("through_http", [False, True], ids=["in process", "through HTTP"])
def test_a_new_image_is_analysed_once_for_the_check_and_for_the_index(backend, through_http, tmp_path):
    with backend(tmp_path) as served, over_http(served, tmp_path) as client:
        collection = client if through_http else served
        first = collection.analyze(ByData(as_file(scene(1))))
        assert collection.duplicates(ByAnalysis(first), DuplicateQuery()).hits == ()
        assert collection.add([Document("first", "/p/first.png", {"project": "p"}, first)]) == []
        collection.commit()
        assert served.analyses == 1  # type: ignore[attr-defined]

        copy = collection.analyze(ByData(as_file(smaller(scene(1)))))
        hits = collection.duplicates(ByAnalysis(copy), DuplicateQuery()).hits
        assert [hit.id for hit in hits] == ["first"]
        assert collection.add([Document("copy", "/p/copy.png", analysis=copy)]) == []
        collection.commit()
        assert [h.id for h in collection.duplicates(ById("copy"), DuplicateQuery()).hits] == ["first"]
        assert served.analyses == 2  # type: ignore[attr-defined]
