"""Check images before they are added: new, or copies of what is there; add them without a second analysis.

>>> report = check_images(collection, of_sources([str(folder / "smaller-1.png")]), GATES["look only"])
>>> [(one.item.name.rpartition("/")[2], str(one.finding)) for one in report.checked]
[('smaller-1.png', 'exact copy')]
"""

from dupedash.check.adding import Added, Placing, add_checked, take_back
from dupedash.check.examine import Checked, Report, check_images
from dupedash.check.export import report_to_csv, report_to_json
from dupedash.check.gate import DUPLICATES, GATES, Answer, Bands, Finding, Gate
from dupedash.check.intake import Item, of_ids, of_sources, of_upload
from dupedash.check.running import run_check, to_be_added
from dupedash.check.scratch import compare_inside
from dupedash.check.stored import CheckStore, StoredCheck, Wanted

__all__ = [
    "DUPLICATES",
    "GATES",
    "Added",
    "Answer",
    "Bands",
    "CheckStore",
    "Checked",
    "Finding",
    "Gate",
    "Item",
    "Placing",
    "Report",
    "StoredCheck",
    "Wanted",
    "add_checked",
    "check_images",
    "compare_inside",
    "of_ids",
    "of_sources",
    "of_upload",
    "report_to_csv",
    "report_to_json",
    "run_check",
    "take_back",
    "to_be_added",
]
