"""Worker processes that may be killed: for pictures that hang or crash a decoder, and to use every core.

They are plain `python -m dupedash.workers.worker` processes, or forked (see `forked`). Python's own pools
would start the main module again in each worker (which under Streamlit is a page), and break as a whole when
one worker dies.
"""

from __future__ import annotations

import pickle
import queue
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

from dupedash.errors import Busy, DupedashError
from dupedash.model import IsCancelled, never
from dupedash.system import signals
from dupedash.workers import processes
from dupedash.workers.deadlines import Deadlines

HEADER = struct.Struct("<Q")
_PACKAGE = __name__.partition(".")[0]
_TICK = 0.2  # seconds between looks at `cancelled`
_PATIENCE = 15  # times the processor time: for machines with up to fifteen times as much to do as they can
_DEADLINES = Deadlines()
_IDLE = 300.0  # seconds after which a process without a task ends: starting another takes half a second


class WorkerLost(DupedashError):
    """The task took more than it may, or its process died (`reason`)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Crashed(WorkerLost):
    """The process died of itself: its task did it, or one before, or somebody ended it."""

    def __init__(self) -> None:
        super().__init__("crashed the program that reads it")


class NotStarted(WorkerLost):
    """There is no process to begin with: no task is to blame."""

    def __init__(self) -> None:
        super().__init__("a worker process could not be started")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one task may take.

    seconds   of processor time, for the load of the machine is no fault of the task; up to a second more
    memory    bytes of its process, its program included; where the system keeps such limits, as Linux does
    patience  seconds by the clock: for tasks that wait for ever, and on systems that limit no processor time
    """

    seconds: float | None = None
    memory: int | None = None
    patience: float | None = None

    @staticmethod
    def of(seconds: float, memory: int | None = None) -> Bounds:
        """With patience for a machine that does many other things as well."""
        return Bounds(seconds, memory, _PATIENCE * max(1.0, seconds))


UNBOUNDED = Bounds()


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a task: its result, or the DupedashError that it raised."""

    task: Any
    result: Any = None
    error: DupedashError | None = None


@dataclass(frozen=True, slots=True)
class _Work:
    """What a process does: pickled, a function, what prepares it, and bounds. `wanted`: what to import and to
    call before."""

    pickled: bytes
    wanted: tuple[str, ...]

    @staticmethod
    def of(
        function: Callable[..., Any], prepare: Callable[[], Any] | None, bounds: Bounds, warm_up: str | None
    ) -> _Work:
        named = {getattr(call, "func", call).__module__ for call in (function, prepare) if call is not None}
        ours = sorted(name for name in named if name.startswith(f"{_PACKAGE}."))
        return _Work(pickle.dumps((function, prepare, bounds)), (*ours, *([warm_up] if warm_up else ())))


class Workers:
    """Runs `function` on tasks in `jobs` processes.

    `function` is a module-level function; `prepare` one that makes its first argument, once in each worker;
    `warm_up`, "module:name", one that loads what all of them need, where that helps.
    A task that takes more than `bounds` costs its worker and nothing else. One whose process dies is tried
    once more in a new one, unless the process had done nothing else: tasks must bear to be done twice.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        jobs: int,
        *,
        prepare: Callable[[], Any] | None = None,
        bounds: Bounds = UNBOUNDED,
        warm_up: str | None = None,
    ) -> None:
        self._work = _Work.of(function, prepare, bounds, warm_up)
        self._jobs = max(1, jobs)
        self._bounds = bounds

    def run(
        self, tasks: Iterable[Any], *, ordered: bool = False, cancelled: IsCancelled = never
    ) -> Iterator[Done]:
        """An outcome a task, as they come or in the order of the tasks; ends early when `cancelled`.

        At most four tasks a worker are under way, so `tasks` may be endless.
        """
        waiting: queue.Queue[tuple[int, Any] | None] = queue.Queue()
        finished: queue.Queue[tuple[int, Done]] = queue.Queue()

        def tell(number: int, outcome: Done) -> None:
            finished.put((number, outcome))

        crew = [_Worker(self._work, self._bounds, waiting, tell) for _ in range(self._jobs)]
        try:
            source = _ordered if ordered else _unordered
            for outcome in source(_Flow(iter(tasks), waiting, finished, 4 * self._jobs, cancelled)):
                yield outcome
                if cancelled():
                    return
        finally:
            for worker in crew:
                worker.stop()
            for worker in crew:
                worker.join()


class Pool:
    """Workers that answer single tasks for as long as the pool is open. For any number of threads.

    `function`, `prepare`, `bounds` and `warm_up` as in `Workers`; each process starts with its first task. At
    most `waiting` tasks wait for one (None: any number).
    """

    def __init__(
        self,
        function: Callable[..., Any],
        jobs: int,
        *,
        prepare: Callable[[], Any] | None = None,
        bounds: Bounds = UNBOUNDED,
        warm_up: str | None = None,
        waiting: int | None = None,
    ) -> None:
        self._waiting: queue.Queue[tuple[Future[Done], Any] | None] = queue.Queue()
        self._lock = threading.Lock()
        self._closed = False
        self._most = waiting
        work = _Work.of(function, prepare, bounds, warm_up)
        self._crew = [_Worker(work, bounds, self._waiting, Future.set_result) for _ in range(max(1, jobs))]

    def ask(self, task: Any) -> Any:
        """The result of a task. Raises the DupedashError that it raised, WorkerLost, Busy."""
        return self.ask_all([task])[0]

    def ask_all(self, tasks: Sequence[Any]) -> list[Any]:
        """The results of tasks that are done side by side, in their order. Raises as `ask` does."""
        asked = [self._asked(task) for task in tasks]
        outcomes = [future.result() for future in asked]
        for outcome in outcomes:
            if outcome.error is not None:
                raise outcome.error
        return [outcome.result for outcome in outcomes]

    def _asked(self, task: Any) -> Future[Done]:
        future: Future[Done] = Future()
        with self._lock:
            if self._closed:
                raise WorkerLost("stopped")
            if self._most is not None and self._waiting.qsize() >= self._most:
                raise Busy("Too many pictures are waiting to be read: try again in a moment.")
            self._waiting.put((future, task))
        return future

    def close(self) -> None:
        """End the processes; who waits for an answer gets WorkerLost."""
        with self._lock:
            self._closed = True
        for worker in self._crew:
            worker.stop()
        for worker in self._crew:
            worker.join()
        while not self._waiting.empty():
            if (item := self._waiting.get()) is not None:
                item[0].set_result(Done(item[1], error=WorkerLost("stopped")))


class _Flow:
    """Hands out numbered tasks, a bounded number at a time, and takes in the outcomes."""

    def __init__(
        self,
        tasks: Iterator[Any],
        waiting: queue.Queue[tuple[int, Any] | None],
        finished: queue.Queue[tuple[int, Done]],
        limit: int,
        cancelled: IsCancelled,
    ) -> None:
        self._tasks = enumerate(tasks)
        self._waiting = waiting
        self._finished = finished
        self._limit = limit
        self._cancelled = cancelled

    def __iter__(self) -> Iterator[tuple[int, Done]]:
        under_way = self._hand_out(self._limit)
        while under_way and not self._cancelled():
            try:
                numbered = self._finished.get(timeout=_TICK)
            except queue.Empty:
                continue
            under_way += self._hand_out(1) - 1
            yield numbered

    def _hand_out(self, count: int) -> int:
        handed = 0
        for task in self._tasks:
            self._waiting.put(task)
            handed += 1
            if handed == count:
                break
        return handed


def _unordered(flow: _Flow) -> Iterator[Done]:
    return (outcome for _, outcome in flow)


def _ordered(flow: _Flow) -> Iterator[Done]:
    early: dict[int, Done] = {}
    number = 0
    for place, outcome in flow:
        early[place] = outcome
        while number in early:
            yield early.pop(number)
            number += 1


class _Worker:
    """One process and the thread that talks to it; the process starts with the first task."""

    def __init__(
        self,
        work: _Work,
        bounds: Bounds,
        waiting: queue.Queue[Any],
        tell: Callable[[Any, Done], None],
    ) -> None:
        """`waiting` holds (name, task) or None, `tell` is given each name and what became of its task."""
        self._work = work
        self._bounds = bounds
        self._waiting = waiting
        self._tell = tell
        self._process: processes.Process | None = None
        self._stopped = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="dupedash worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()  # its pipes are the thread's to close: it may be writing to one
        self._waiting.put(None)

    def join(self) -> None:
        """Wait until it has ended; all workers must have been stopped, for they wake each other."""
        self._thread.join()

    def _serve(self) -> None:
        while not self._stopped and (item := self._next()) is not None:
            name, task = item
            self._tell(name, self._outcome(task))
        self._end()

    def _next(self) -> Any:
        """The next task, None at the end; a process that waits for long ends meanwhile."""
        try:
            return self._waiting.get(timeout=_IDLE)
        except queue.Empty:
            self._end()
            return self._waiting.get()

    def _outcome(self, task: Any) -> Done:
        try:
            done, value = self._reply(task)
        except Exception as error:  # a thread that dies leaves who asked waiting for ever
            self._end()
            lost = error if isinstance(error, WorkerLost) else WorkerLost(f"was not understood: {error}")
            return Done(task, error=lost)
        return Done(task, result=value) if done else Done(task, error=value)

    def _reply(self, task: Any) -> tuple[bool, Any]:
        """What the process says; one that was not started for this task may die of another one."""
        used = self._process is not None
        try:
            return self._ask(task)
        except Crashed:
            if not used:
                raise
        self._end()
        return self._ask(task)

    def _ask(self, task: Any) -> tuple[bool, Any]:
        too_long = threading.Event()
        process = self._started()
        try:
            send(_pipe(process.stdin), pickle.dumps(task))
            with _DEADLINES.within(self._bounds.patience, partial(self._give_up, process, too_long)):
                reply: tuple[bool, Any] = pickle.loads(receive(_pipe(process.stdout)))
        except (OSError, EOFError) as error:
            raise self._lost(process, given_up=too_long.is_set()) from error
        return reply

    def _lost(self, process: processes.Process, *, given_up: bool) -> WorkerLost:
        """Why the process is gone."""
        if given_up:
            return WorkerLost(f"did not end within {self._bounds.patience:g} s")
        if signals.OUT_OF_TIME is not None and process.wait() == -signals.OUT_OF_TIME:
            return WorkerLost(f"took longer than {self._bounds.seconds:g} s")
        return Crashed()

    def _started(self) -> processes.Process:
        with self._lock:
            if self._stopped:
                raise WorkerLost("stopped")
            if self._process is not None and self._process.poll() is None:
                return self._process  # else somebody ended it while it waited, for which no task is to blame
            try:
                process = self._process = processes.taken(self._work.wanted)
            except OSError as error:
                raise NotStarted from error
        _prepare(process, self._work.pickled)
        return process

    @staticmethod
    def _give_up(process: processes.Process, too_long: threading.Event) -> None:
        too_long.set()
        process.kill()

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _prepare(process: processes.Process, work: bytes) -> None:
    """Send the function and wait until it is ready: starting does not count as time for the first task."""
    try:
        send(_pipe(process.stdin), work)
        receive(_pipe(process.stdout))
    except (OSError, EOFError) as error:
        raise NotStarted from error


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise BrokenPipeError
    return pipe


def send(pipe: IO[bytes], data: bytes) -> None:
    """One message. Raises OSError where the other end is gone."""
    pipe.write(HEADER.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """The next message. Raises EOFError where the other end is gone."""
    (length,) = HEADER.unpack(_exactly(pipe, HEADER.size))
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    data = pipe.read(count)
    if len(data) < count:
        raise EOFError
    return data
