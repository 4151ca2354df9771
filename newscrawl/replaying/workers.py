"""Several processes that do one kind of work, and give their results in the order in which it was handed out.

Not an executor of the standard library: of these, one that loses a worker can't tell what that was working on, and none
ends its workers at once when the command is told to stop.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Final, Generic, TypeVar

from newscrawl.words.errors import NewscrawlError

__all__ = ["WorkerError", "Workers"]

_AHEAD: Final = 2  # tasks a worker that are handed out before their results are asked for
_ENDING: Final = 5.0  # seconds for a worker to end
_GARBAGE: Final = 50_000  # objects between two looks for cycles; a page makes thousands, and hardly a cycle
Task = TypeVar("Task")
Result = TypeVar("Result")


class WorkerError(NewscrawlError):
    """A worker raised, or died. Raised by `Workers`; `task` is what it was working on, `error` what it raised."""

    def __init__(self, task: object, problem: str, error: Exception | None = None) -> None:
        super().__init__(problem)
        self.task, self.error = task, error


class Workers(Generic[Task, Result]):
    """`number` processes, forked here: what `work` needs they have from the start. One alone is this process itself.

    A context: on leaving, all workers end at once. They end, too, when this process dies.
    """

    def __init__(self, number: int, work: Callable[[Task], Result]) -> None:
        self.number, self._work = number, work
        self._idle: list[Connection] = []
        self._busy: dict[Connection, tuple[int, Task]] = {}
        self._processes: dict[Connection, BaseProcess] = {}
        self._waiting: deque[tuple[int, Task]] = deque()
        self._done: dict[int, Result] = {}
        self._count = 0

    def __enter__(self) -> Workers[Task, Result]:
        gc.freeze()  # what was made so far stays in pages that all processes share
        gc.set_threshold(_GARBAGE)
        for _ in range(self.number if self.number > 1 else 0):
            self._fork()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.kill()  # they hold nothing that could be lost
        for connection, process in self._processes.items():
            process.join(_ENDING)
            connection.close()
        self._processes.clear()
        gc.unfreeze()

    def results(self, tasks: Iterable[Task], *, urgent: bool = False) -> Iterator[tuple[Task, Result]]:
        """Each task with its result, in the order of the tasks; urgent ones are done before others that wait. Raises
        WorkerError, and what `work` raises where there is only this process."""
        if self.number <= 1:
            for task in tasks:
                yield task, self._work(task)
            return
        under_way: deque[tuple[int, Task]] = deque()
        for task in tasks:
            under_way.append((self._hand_out(task, urgent), task))
            if len(under_way) >= _AHEAD * self.number:
                yield self._next(under_way)
        while under_way:
            yield self._next(under_way)

    def _next(self, under_way: deque[tuple[int, Task]]) -> tuple[Task, Result]:
        ticket, task = under_way.popleft()
        while ticket not in self._done:
            self._hear()
        return task, self._done.pop(ticket)

    def _hand_out(self, task: Task, urgent: bool) -> int:
        self._count += 1
        (self._waiting.appendleft if urgent else self._waiting.append)((self._count, task))
        self._send()
        return self._count

    def _send(self) -> None:
        while self._idle and self._waiting:
            connection, (ticket, task) = self._idle.pop(), self._waiting.popleft()
            self._busy[connection] = ticket, task
            try:
                connection.send(task)
            except OSError:
                self._mourn(connection)

    def _hear(self) -> None:
        """Wait for the next results."""
        for connection in wait(list(self._busy)):
            assert isinstance(connection, Connection)
            ticket, task = self._busy[connection]
            try:
                result, error = connection.recv()
            except (EOFError, OSError):
                self._mourn(connection)
            if error is not None:
                raise WorkerError(task, str(error), error)
            self._done[ticket] = result
            del self._busy[connection]
            self._idle.append(connection)
        self._send()

    def _mourn(self, connection: Connection) -> None:
        process = self._processes[connection]
        process.join(_ENDING)
        code = process.exitcode
        how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with {code}"
        raise WorkerError(self._busy[connection][1], f"a worker process {how}")

    def _fork(self) -> None:
        ours, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        process = context.Process(target=self._serve, args=(theirs, [ours, *self._processes]), daemon=True)
        process.start()
        theirs.close()
        self._processes[ours] = process
        self._idle.append(ours)

    def _serve(self, connection: Connection, others: list[Connection]) -> None:
        """In the worker, until the other end is closed: for that, no worker may hold that end of another one."""
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)  # a terminal sends them to all; the first process ends the others
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for other in others:
            other.close()
        try:
            while True:
                connection.send(self._answer(connection.recv()))
        except (EOFError, OSError):
            os._exit(0)

    def _answer(self, task: Task) -> tuple[Result | None, Exception | None]:
        try:
            return self._work(task), None
        except (NewscrawlError, OSError) as error:
            return None, error
        except Exception:
            return None, RuntimeError(traceback.format_exc())
