"""Filter queries (`fq`) in Lucene's syntax: read, checked, asked of a store, built and said in words.

text ─parse→ tree ─resolve(fields, now)→ predicates ─→ SQL
rows of a form ─to_lucene→ text ─from_lucene→ rows; tree ─explain→ words

Where it differs from Solr: no fuzzy, proximity, regular expressions and local parameters (an error says
so); brackets with nothing but exclusions are an error instead of finding nothing; a date without a time is
the whole day; several words in one term without a field must follow one another.

>>> known = {"category": FieldInfo("category", FieldType.STRING), "label": FieldInfo("label", FieldType.TEXT)}
>>> explain(parse('category:shoes AND -label:"old stock"'), known)
'category is shoes and not label contains old stock'
"""

from dupedash.query.builder.read import from_lucene
from dupedash.query.builder.rows import Filter, Join, Row
from dupedash.query.builder.write import to_lucene
from dupedash.query.explain import explain
from dupedash.query.operators import Operator, Widget, operators_for
from dupedash.query.resolve import check
from dupedash.query.sql import to_sql
from dupedash.query.syntax.parse import parse, parse_all
from dupedash.query.syntax.tree import Query

__all__ = [
    "Filter",
    "Join",
    "Operator",
    "Query",
    "Row",
    "Widget",
    "check",
    "explain",
    "from_lucene",
    "operators_for",
    "parse",
    "parse_all",
    "to_lucene",
    "to_sql",
]
