"""Lucene's syntax through luqum, with what luqum reads otherwise than Solr set right on its tokens.

luqum knows no `&&`, `||`, `!` and `^=`; takes every T12:34 for a time, also where T12 ends a field's name;
takes `/…/`, `~` and `<5`, which filters here do not support; and has no bound on size. All of that is dealt
with while the tokens pass. Its own lexer keeps state, so every parse works on a clone.
"""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr
from typing import Any

from luqum.exceptions import IllegalCharacterError, ParseSyntaxError

from dupedash.query.syntax.faults import fault, short

# Where luqum may not write beside its own files, each process makes its tables anew and says so at length.
with redirect_stderr(io.StringIO()):
    from luqum import parser as luqum_parser

MAX_LENGTH = 300_000
"""Characters in one query."""
MAX_TERMS = 4_096
"""Values in one query; Solr's own limit is 1,024 clauses."""
MAX_TOKENS = 5 * MAX_TERMS
"""Values with all that can stand around them: field, colon, sign, operator."""
MAX_DEPTH = 10
"""Brackets inside brackets; SQLite's parser ends at about 18."""

_SYMBOLS = {"&&": "AND_OP", "||": "OR_OP"}
_UNSUPPORTED = {
    "APPROX": ("~ (fuzzy or proximity search) is not supported", 'Use wildcards (te?t, tes*) or quote "~".'),
    "REGEX": ("/…/ (a regular expression) is not supported", 'Put paths and URLs in quotes: "/a/b.jpg".'),
    "LESSTHAN": ("< is not part of the syntax", "Write a range: [* TO 5] or [* TO 5}."),
    "GREATERTHAN": ("> is not part of the syntax", "Write a range: [5 TO *] or {5 TO *]."),
}
_COUNTED = {"TERM": 1, "PHRASE": 1, "COLUMN": -1}  # a term with a colon after it is a field's name
_OPENERS = {"LPAREN": ")", "LBRACKET": "]"}
_TIME = re.compile(r"(?:[^\\:]|\\.)*T\d\d(?=:)", re.DOTALL)
_DATE = re.compile(r"\d{4}-", re.ASCII)
_QUOTE_INSIDE = re.compile(r'(?:[^\\"]|\\.)*"', re.DOTALL)
_NUMBER = re.compile(r"(\d+(\.\d+)?|\.\d+)(?![^\s)])", re.ASCII)


def parse_lucene(text: str) -> Any:
    """luqum's tree of the text. QueryError where it is not Lucene's syntax, too long or too deep."""
    if len(text) > MAX_LENGTH:
        raise fault(f"The filter has {len(text):,} characters; at most {MAX_LENGTH:,} are read", text[:100])
    if text.lstrip().startswith("{!"):
        raise fault("{!…} (local parameters) are not supported", text, text.index("{!"))
    tokens = _Tokens(text)
    try:
        return luqum_parser.parse(text, lexer=tokens.lexer, tokenfunc=tokens.next)
    except IllegalCharacterError as error:
        raise _illegal(text, tokens.lexer.lexpos) from error
    except ParseSyntaxError as error:
        raise tokens.unexpected() from error


def _illegal(text: str, position: int) -> Exception:
    character = text[position]
    if character == '"':
        return fault("This quote is never closed", text, position, 'Write a quote inside a value as \\".')
    if character == "/":
        return fault("This / starts a regular expression that is never closed", text, position,
                     'Put paths and URLs in quotes: "/a/b.jpg".')  # fmt: skip
    return fault(f"{character} cannot start a value", text, position, f'Quote it or write \\{character}.')


class _Tokens:
    """The tokens of one text, as luqum's grammar wants them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lexer = luqum_parser.lexer.clone()
        self.last: Any = None
        self.terms = self.tokens = 0
        self.open: list[tuple[str, int]] = []

    def next(self) -> Any:
        """The next token, or None at the end."""
        token = self.lexer.token()
        if token is not None:
            self._refuse(token)
            self._count(token)
            token = self._translate(token)
        self.last = token
        return token

    def _refuse(self, token: Any) -> None:
        if token.type in _UNSUPPORTED:
            message, hint = _UNSUPPORTED[token.type]
            raise fault(message, self.text, token.lexpos, hint)
        if token.type == "TERM" and not token.value.value.startswith("!"):
            inside = _QUOTE_INSIDE.match(token.value.value)
            if inside:
                position = token.lexpos + inside.end() - 1
                raise fault("A quote cannot stand inside a term", self.text, position, 'Write it as \\".')

    def _count(self, token: Any) -> None:
        self.tokens += 1
        self.terms += _COUNTED.get(token.type, 0)
        if self.terms > MAX_TERMS or self.tokens > MAX_TOKENS:
            message = f"The filter has more than {MAX_TERMS:,} values or too many signs"
            raise fault(message, self.text, token.lexpos)
        if token.type in _OPENERS:
            self.open.append((_OPENERS[token.type], token.lexpos))
        elif token.type in ("RPAREN", "RBRACKET") and self.open:
            self.open.pop()
        if token.type == "LPAREN" and len(self.open) > MAX_DEPTH:
            raise fault(f"Brackets are nested more than {MAX_DEPTH} deep", self.text, token.lexpos)

    def _translate(self, token: Any) -> Any:
        if token.type == "BOOST":
            self._boost(token)
        elif token.type == "TERM" and token.value.value.startswith("!"):
            if token.value.value.startswith("!!"):
                raise fault("Two signs follow one another", self.text, token.lexpos, "One ! is enough.")
            self._cut(token, 1)
            token.type = "NOT"
        elif token.type == "TERM":
            time = _TIME.match(token.value.value)
            after_colon = self.last is not None and self.last.type == "COLUMN"
            if time and not _DATE.match(token.value.value) and not after_colon:
                self._cut(token, time.end())
            token.type = _SYMBOLS.get(token.value.value, "TERM")
        return token

    def _cut(self, token: Any, length: int) -> None:
        """Keep the first characters of a token; the rest is read again."""
        self.lexer.lexpos = token.lexpos + length
        token.value.value, token.value.size = token.value.value[:length], length

    def _boost(self, token: Any) -> None:
        """Read the figure of ^2 or ^=1: a filter has no scores, so it only has to be well-formed."""
        start = token.lexpos + 1 + self.text.startswith("=", token.lexpos + 1)
        number = _NUMBER.match(self.text, start)
        if number is None:
            raise fault("^ wants a number after it", self.text, token.lexpos, "Quote ^ to search for it.")
        self.lexer.lexpos = number.end()
        token.value.value = number[0]

    def unexpected(self) -> Exception:
        """The error at the token that the grammar refused."""
        if self.last is not None:
            return self._unexpected_token()
        if self.open:
            closing, position = self.open[-1]
            return fault(f"This bracket is never closed: {closing} is missing", self.text, position)
        return fault("The filter ends too early", self.text, len(self.text.rstrip()),
                     "After an operator or a colon a value must follow.")  # fmt: skip

    def _unexpected_token(self) -> Exception:
        token = self.last
        shown = short(getattr(token.value, "value", "") or "")
        hint = "Operators and brackets stand between values; to search for the character itself, quote it."
        if (self.open and self.open[-1][0] == "]") or token.type == "RBRACKET":
            hint = 'A range is written [a TO b], {a TO b} or [a TO *]; quote bounds that hold ":" or blanks.'
        elif token.type == "COLUMN":
            hint = 'A colon follows a field\'s name; inside a value write \\: or quote the value.'
        return fault(f"{shown} is not expected here", self.text, token.lexpos, hint)
