"""The log: whose line is whose, what waits, what is kept, and what a full disk does."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

from newscrawl.crawling import journal as module
from newscrawl.crawling.diskwatch import DiskWatch
from newscrawl.crawling.journal import SITE, Journal, prune

LOGGER = logging.getLogger("test.journal")


class Spider:
    def __init__(self, name: str) -> None:
        self.name = name


@pytest.fixture
def make() -> Iterator[Any]:
    """A journal in place of the root logger's handlers."""
    made: list[Journal] = []

    def journal(*, listens: bool = False, **settings: Any) -> Journal:
        given = Settings({"LOG_LEVEL": "INFO"})
        given.setdict(settings, priority="cmdline")
        made.append(Journal(given, listens=listens))
        made[-1].install()
        return made[-1]

    level, raises = logging.root.level, logging.raiseExceptions
    yield journal
    logging.root.setLevel(level)
    logging.raiseExceptions = raises
    for each in made:
        logging.root.removeHandler(each)
        if each.listener is not None:
            with suppress(OSError):
                each.listener.close()


def watch() -> DiskWatch:
    return DiskWatch(lambda _: None)


def lines(folder: Path) -> list[str]:
    return [line.rpartition(": ")[2] for line in next(folder.glob("*.log")).read_text("utf-8").splitlines()]


def test_each_line_goes_to_the_log_of_its_site(make: Any, tmp_path: Path) -> None:
    """By the spider it names, else by the crawl in which it was said; what nobody said is everybody's."""
    journal = make()
    logs = {site: journal.begin(site) for site in ("a", "b")}
    for site, log in logs.items():
        (tmp_path / site).mkdir()
        log.open(tmp_path / site / "log", "20260314T020000Z", watch())

    async def crawl(site: str) -> None:
        SITE.set(site)
        for number in range(2):
            LOGGER.info("%s%d", site, number)
            await asyncio.sleep(0)
        LOGGER.info("said of b in %s", site, extra={"spider": Spider("b")})
        LOGGER.debug("not asked for")

    async def both() -> None:
        await asyncio.gather(crawl("a"), crawl("b"))

    asyncio.run(both())
    LOGGER.warning("for all")
    for log in logs.values():
        journal.end(log)
    LOGGER.warning("after the end")
    assert lines(tmp_path / "a" / "log") == ["a0", "a1", "for all"]
    assert lines(tmp_path / "b" / "log") == ["b0", "b1", "said of b in a", "said of b in b", "for all"]


def test_what_is_said_before_the_run_has_its_name_waits(make: Any, tmp_path: Path) -> None:
    journal = make()
    log = journal.begin("a")
    LOGGER.info("early")
    LOGGER.error("early, and wrong")
    assert [line.rpartition(": ")[2] for line in log.unheard()] == ["early, and wrong"]
    log.open(tmp_path / "log", "20260314T020000Z", watch())
    LOGGER.info("late")
    journal.end(log)
    assert lines(tmp_path / "log") == ["early", "early, and wrong", "late"]


def test_a_large_log_goes_on_in_a_new_file(make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST", 4096)
    journal = make()
    log = journal.begin("a")
    log.open(tmp_path / "log", "20260314T020000Z", watch())
    for number in range(1000):
        LOGGER.info("line %d", number)
    journal.end(log)
    files = sorted((tmp_path / "log").iterdir())
    assert [file.name for file in files] == ["20260314T020000Z.log", "20260314T020000Z.log.1"]
    assert all(file.stat().st_size <= 4096 for file in files)
    assert lines(tmp_path / "log")[-1] == "line 999"


def test_the_newest_logs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def kept() -> list[str]:
        prune(tmp_path)
        return sorted(file.name for file in tmp_path.iterdir())

    names = [f"202603{day:02}T020000Z.log" for day in range(1, 11)]
    for name in names:
        (tmp_path / name).write_bytes(b"x" * 100)
    assert kept() == names
    monkeypatch.setattr(module, "_MOST_FILES", 8)
    assert kept() == names[3:], "with the one that comes they are eight"
    monkeypatch.setattr(module, "_MOST_BYTES", 350)
    assert kept() == names[7:]


def test_a_full_disk_under_the_log_is_told(make: Any, tmp_path: Path) -> None:
    told: list[BaseException] = []
    journal = make()
    log = journal.begin("a")
    log.open(tmp_path / "log", "20260314T020000Z", DiskWatch(told.append))
    log._handler.stream.close()
    log._handler.stream = open("/dev/full", "w")  # noqa: SIM115
    LOGGER.info("more")
    journal.end(log)
    assert [getattr(error, "errno", None) for error in told] == [errno.ENOSPC]


def test_a_full_disk_that_an_error_tells_of_is_told_to_its_site(make: Any, tmp_path: Path) -> None:
    journal = make()
    full = OSError(errno.ENOSPC, "No space left on device")
    watches = {site: watch() for site in ("a", "b")}
    for site, each in watches.items():
        (tmp_path / site).mkdir()
        journal.begin(site).open(tmp_path / site / "log", "20260314T020000Z", each)
    LOGGER.error("an export failed", exc_info=full, extra={"spider": Spider("b")})
    assert [each.seen for each in watches.values()] == [False, True]
    for log in list(journal._logs.values()):
        journal.end(log)
    assert lines(tmp_path / "b" / "log") == ["an export failed"], "one line, and no traceback"


def test_a_full_disk_under_scrapys_own_log_file_is_told_to_all(make: Any) -> None:
    journal = make(LOG_FILE="/dev/full")
    assert not journal.keeps_files
    log, seen = journal.begin("a"), watch()
    LOGGER.info("too early to tell")
    log.attend(seen)
    assert seen.seen


@pytest.mark.parametrize(
    ("listens", "settings", "heard"),
    [
        (False, {}, ""),
        (True, {}, "warned failed"),
        (False, {"LOG_LEVEL": "INFO"}, "noted warned failed"),
        (True, {"LOG_LEVEL": "ERROR"}, "failed"),
        (True, {"LOG_ENABLED": False}, ""),
    ],
)
def test_who_listens_hears_what_was_asked_for(
    listens: bool, settings: dict[str, Any], heard: str, make: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    make(listens=listens, **settings)
    LOGGER.info("noted")
    LOGGER.warning("warned")
    LOGGER.error("failed")
    assert " ".join(line.rpartition(": ")[2] for line in capsys.readouterr().err.splitlines()) == heard
