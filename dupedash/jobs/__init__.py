"""Long work in processes of its own, with its state on disk: every browser session and command sees the same.

Closing a tab or the dashboard does not end a job; a job that died is seen as interrupted and can be started
again, which goes on where it was.
"""

from dupedash.jobs.job import Job, JobStatus
from dupedash.jobs.jobs import Jobs
from dupedash.jobs.task import Ending, Task, Work, work

__all__ = ["Ending", "Job", "JobStatus", "Jobs", "Task", "Work", "work"]
