"""Worker processes that may be killed: for pictures that hang or crash a decoder, and to use every core.

>>> import math
>>> crew = Workers(math.isqrt, jobs=2)
>>> [done.result for done in crew.run([4, 9, 16], ordered=True)]
[2, 3, 4]
"""

from dupedash.workers.pool import Bounds, Done, NotStarted, Pool, WorkerLost, Workers

__all__ = ["Bounds", "Done", "NotStarted", "Pool", "WorkerLost", "Workers"]
