"""Standalone HTML: one file that opens offline, can be mailed and printed, and loads nothing."""

from dupedash.report.html import graph_html, report_html

__all__ = ["graph_html", "report_html"]
