"""Folders against folders: what two of them share, each with all below it.

>>> graph = DuplicateGraph(Matches.of([("1", "3", 0.9), ("2", "4", 1.0)]))
>>> places = ["/phone/a.jpg", "/phone/b.jpg", "/photos/a.jpg", "/photos/2019/b.jpg", "/photos/c.jpg"]
>>> shown = shelf(["1", "2", "3", "4", "5"], places, [None] * 5, np.zeros(5, np.int64), graph.cut(0.7))
>>> [(s.folder, s.other, s.shared, s.images) for s in shared_folders(shown)]
[('/phone', '/photos', 2, 2)]
"""

from dupedash.folders.lists import FolderLists, lists
from dupedash.folders.overlap import SharedFolders, between, one_way, shared_folders
from dupedash.folders.shelf import Shelf, shelf
from dupedash.folders.tree import folder_of

__all__ = [
    "FolderLists",
    "SharedFolders",
    "Shelf",
    "between",
    "folder_of",
    "lists",
    "one_way",
    "shared_folders",
    "shelf",
]
