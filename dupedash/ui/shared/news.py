"""What watching found, as lines: new images that are duplicates, each with the way to its group."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dupedash import wording
from dupedash.ui.errors import as_text
from dupedash.ui.shared.group_link import group_link
from dupedash.ui.state import View
from dupedash.watch import NewGroup, News, read_state, seen_until


def unseen(view: View) -> Sequence[News]:
    """Duplicates that were found since somebody said that all were seen, latest first. Raises ConfigError."""
    if view.connection is None:
        return ()
    workspace, name = view.settings.workspace, view.connection.name
    seen = seen_until(workspace, name)
    found = [news for news in read_state(workspace, name).news if news.duplicates]
    return [news for news in found if seen is None or news.when > seen]


def draw(news: News, most: int) -> None:
    """When and what, and the first groups of it."""
    st.markdown(f"**{as_text(news.words)}** &nbsp; :small[:gray[{wording.ago(news.when)}]]")
    for group in news.groups[:most]:
        words, open_ = st.columns((8, 1), gap="small", vertical_alignment="center")
        words.caption(line(group))
        with open_:
            group_link(group.key, "Open", icon=None)
    left = len(news.groups) - most + news.more
    if left > 0:
        st.caption(f"… and {wording.plural(left, 'more group')}.")


def line(group: NewGroup) -> str:
    """The new image, and below it what it is a duplicate of, as Markdown."""
    first, *others = group.new
    more = f" and {len(others):,} more" if others else ""
    of = f"a duplicate of {as_text(group.known[0])}" if group.known else "duplicates of each other"
    return f"**{as_text(first)}**{more}  \n{of} ({group.score:.2f})"
