"""Reading Lucene's syntax: what counts how, and where a fault is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupedash.errors import ConfigError, QueryError
from dupedash.query import parse
from dupedash.query.syntax.lucene import MAX_DEPTH, MAX_LENGTH, MAX_TERMS
from dupedash.query.syntax.tree import Clauses, Everything, Exists, Node, Occur, Range, Term, Wildcard

SIGNS = {Occur.MUST: "+", Occur.SHOULD: "", Occur.MUST_NOT: "-"}


def shown(node: Node) -> str:
    """The tree in a short form: signs before clauses, blanks between them."""
    match node:
        case Everything():
            return "ALL"
        case Exists(field):
            return f"{field.name}=any"
        case Clauses(clauses):
            return "(" + " ".join(SIGNS[c.occur] + shown(c.node) for c in clauses) + ")"
        case Term(field, text):
            return (f"{field.name}=" if field else "") + f"<{text}>"
        case Wildcard(field, parts):
            return (f"{field.name}~" if field else "~") + repr([getattr(p, "value", p) for p in parts])
        case Range(field, low, high, include_low, include_high):
            name = field.name if field else ""
            return f"{name}{'[' if include_low else '{'}{low},{high}{']' if include_high else '}'}"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("doors", "<doors>"),
        ("a b", "(<a> <b>)"),
        ("a OR b", "(<a> <b>)"),
        ("a || b", "(<a> <b>)"),
        ("a AND b", "(+<a> +<b>)"),
        ("a && b", "(+<a> +<b>)"),
        ("a AND b OR c", "(+<a> +<b> <c>)"),
        ("a OR b AND c", "(<a> +<b> +<c>)"),
        ("a OR b AND c OR d", "(<a> +<b> +<c> <d>)"),
        ("a b AND c", "(<a> +<b> +<c>)"),
        ("a AND NOT b", "(+<a> -<b>)"),
        ("NOT a AND b", "(-<a> +<b>)"),
        ("a OR -b", "(<a> -<b>)"),
        ("+a -b c", "(+<a> -<b> <c>)"),
        ("!a b", "(-<a> <b>)"),
        ("! a", "(-<a>)"),
        ('!"a b"', "(-<a b>)"),
        ("!(a b)", "(-(<a> <b>))"),
        ("- a", "(-<a>)"),
        ("(-a)", "(-<a>)"),
        ("f:(-a)", "(-f=<a>)"),
        ("a AND (b OR c)", "(+<a> +(<b> <c>))"),
        ("((a))", "<a>"),
        ("title:a b", "(title=<a> <b>)"),
        ("f:(+a -b)", "(+f=<a> -f=<b>)"),
        ("f:(a g:b)", "(f=<a> g=<b>)"),
        ("f : a", "f=<a>"),
        ('f:"a b"', "f=<a b>"),
        (r'f:"a \"b\" \\c"', 'f=<a "b" \\c>'),
        ("f:*", "f=any"),
        ("-f:*", "(-f=any)"),
        ("f:[* TO *]", "f=any"),
        ('f:"*"', "f=<*>"),
        (r"f:\*", "f=<*>"),
        ("*:*", "ALL"),
        ("*", "ALL"),
        ("", "ALL"),
        (" \n", "ALL"),
        ("te?t", "~['te', '?', 't']"),
        ("f:tes*", "f~['tes', '*']"),
        (r"f:a\*b*c**", "f~['a*b', '*', 'c', '*']"),
        (r"f:a\:b\ c\(1\+1\)", "f=<a:b c(1+1)>"),
        (r"f:\u0041\u00e9", "f=<Aé>"),
        (r"\AND", "<AND>"),
        ("and", "<and>"),
        ("TO", "<TO>"),
        ("O'Brien", "<O'Brien>"),
        ("a-b", "<a-b>"),
        ("f:[1 TO 5]", "f[1,5]"),
        ("f:{1 TO 5]", "f{1,5]"),
        ("f:[1 TO 5}", "f[1,5}"),
        ("f:{-5.5 TO *]", "f{-5.5,None]"),
        ('f:["a b" TO c]', "f[a b,c]"),
        ("f:-5", "f=<-5>"),
        ("f:-5^2", "f=<-5>"),
        ("d:[NOW/DAY-1MONTH TO NOW/DAY+1DAY]", "d[NOW/DAY-1MONTH,NOW/DAY+1DAY]"),
        ("d:[2024-01-01T00:00:00Z TO 2024-01-01T00:00:00.123Z+1DAY}",
         "d[2024-01-01T00:00:00Z,2024-01-01T00:00:00.123Z+1DAY}"),
        ('d:"2024-01-01T10:20:30Z"', "d=<2024-01-01T10:20:30Z>"),
        (r"d:2024-01-01T10\:20\:30Z", "d=<2024-01-01T10:20:30Z>"),
        ("d:2024-01-01T10:20:30Z", "d=<2024-01-01T10:20:30Z>"),
        ("fieldT12:34", "fieldT12=<34>"),
        ("f:a^2 b^=1.5 (c)^.5", "(f=<a> <b> <c>)"),
    ],
)  # fmt: skip
def test_a_query_means_what_it_means_to_solr(text: str, meaning: str) -> None:
    assert shown(parse(text).root) == meaning


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("a AND", 5, "too early"),
        ("f:", 2, "too early"),
        ("AND a", 0, "AND is not expected"),
        ("a OR OR b", 5, "OR is not expected"),
        ("a AND (b OR c", 6, "never closed"),
        ("a)", 1, ") is not expected"),
        ("f:()", 3, ") is not expected"),
        ("f:[1 TO", 2, "never closed"),
        ("f:[1 5]", 5, "[a TO b]"),
        ("f:[a:b TO c]", 4, "quote bounds"),
        ('a "bc', 2, "quote is never closed"),
        ('f:a"b"', 3, "quote cannot stand inside"),
        ("a f:b:c", 4, "Two fields"),
        ("f:-x", 2, "Write -f:value"),
        ("- -a", 2, "Two signs"),
        ("a !!b", 2, "Two signs"),
        ("a (-b)", 3, "(*:* -field:value)"),
        ("-(-b)", 2, "(*:* -field:value)"),
        ("a roam~2", 6, "fuzzy"),
        ('"a b"~10', 5, "proximity"),
        ("path:/a/b", 5, "regular expression"),
        ("a /b", 2, "regular expression"),
        ("f:>5", 2, "{5 TO *]"),
        ("f:<=5", 2, "[* TO 5]"),
        ("a^", 1, "number"),
        ("a^1.2.3", 1, "number"),
        (" {!geofilt}", 1, "local parameters"),
        ("f*:a", 0, "not a field's name"),
        ("*:a", 0, "*:*"),
        ("'a'", 0, "cannot start"),
        ("a\\", 1, "cannot start"),
    ],
)
def test_bad_syntax_says_what_and_where(text: str, column: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    error = caught.value
    assert (error.query, error.position) == (text, column)
    assert message in str(error)
    lines = str(error).splitlines()
    assert lines[-1].index("^") == column + 2
    assert lines[-2][2:] == text
    assert isinstance(error, ConfigError)


def test_the_caret_stands_under_the_fault_in_a_long_query() -> None:
    with pytest.raises(QueryError) as caught:
        parse("x OR " * 100 + "f:>5" + " OR x" * 100)
    query, caret = str(caught.value).splitlines()[-2:]
    assert query[caret.index("^")] == ">"
    assert len(query) < 120


HOSTILE = {
    "a megabyte": "a " * 500_000,
    "a wide query": "a" * 299_999,
    "brackets": "(" * 290_000,
    "signs": "+" * 290_000,
    "nots": "NOT " * 70_000,
    "bangs": "!" * 290_000,
    "fields": "a:" * 140_000,
    "values": "a " * 140_000,
    "times": "T12:34" * 45_000,
    "boosts": "a" + "^1 " * 90_000,
    "an open quote": '"' + "a" * 290_000,
    "backslashes": '"' + "\\" * 290_001,
}


def refusal(text: str) -> str:
    """What the parser says against the text; nothing where it reads it."""
    try:
        parse(text)
    except QueryError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_query_is_refused_or_read_but_never_crashes(text: str) -> None:
    assert len(refusal(text)) < 1000


def test_the_limits_themselves_are_still_read() -> None:
    parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH)
    parse("id:(" + " OR ".join(f"x{n}" for n in range(MAX_TERMS)) + ")")
    parse("x" * MAX_LENGTH)

    too_deep = "(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1)
    for text in (too_deep, "x " * (MAX_TERMS + 1), "x" * (MAX_LENGTH + 1)):
        with pytest.raises(QueryError):
            parse(text)


@given(st.text(alphabet=st.characters() | st.sampled_from('ab:()[]{}"\\+-!*?~^/ TOANDR'), max_size=40))
def test_any_text_is_read_or_refused_as_a_query(text: str) -> None:
    refusal(text)


def test_threads_do_not_disturb_one_another() -> None:
    texts = [f'f{n}:(a{n} AND "b {n}") OR g:[{n} TO *] -x{n}' * (1 + n % 5) for n in range(200)]
    alone = [parse(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(parse, texts)) == alone
