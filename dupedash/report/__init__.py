"""Standalone HTML: one file that opens offline, can be mailed and printed, and loads nothing.

>>> cut = DuplicateGraph(scan.matches()).cut(0.7)
>>> graph_html(scan, cut, collection.thumbnail).lower().startswith("<!doctype html>")
True
"""

from dupedash.report.html import graph_html, report_html, summary_html

__all__ = ["graph_html", "report_html", "summary_html"]
