"""What the monitors say of a run that is about to end, and what follows from it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from scrapy.settings import BaseSettings

from newscrawl.crawling.visits import SUSPECT, UNREAD
from newscrawl.keeping.run import Run
from newscrawl.keeping.runrecords import moment
from newscrawl.monitoring.alarms import Thresholds
from newscrawl.monitoring.breakage import ARTICLE
from newscrawl.monitoring.fieldcounts import FieldCounts
from newscrawl.monitoring.monitors import Watched, watch

__all__ = ["watch_run"]

logger = logging.getLogger(__name__)
_EARLIER: Final = 200  # runs that monitors may look back at: of a site crawled hourly, eight days


def watch_run(run: Run, facts: Mapping[str, Any], fields: FieldCounts, settings: BaseSettings) -> Watched:
    """Compare a run with the site's earlier ones; each alarm is a log line for a person. While articles can't be read,
    pages that were given up as none are pending again. Raises OSError, sqlite3.Error."""
    now = {"started": run.started.isoformat(timespec="seconds"), "counts": run.accounts.balance(), **facts}
    thresholds = Thresholds.read(settings)
    examples = dict(fields.examples)
    if any(reason.rpartition("/")[2] in SUSPECT for reason in run.accounts.reasons):
        examples["filled", ARTICLE] = run.ledger.refused(SUSPECT, 2)
    watched = watch(
        now, run.earlier(_EARLIER), examples, menu=not run.site.categories, thresholds=thresholds
    )  # fmt: skip
    for alarm in watched.alarms:
        logger.error("%s", alarm.text)
        if alarm.subject == ARTICLE:
            starts = [start for text in (alarm.since, alarm.first) if (start := moment(text)) is not None]
            run.frontier.look_later(UNREAD, min([run.started, *starts]))
    for subject in watched.accepted:
        logger.warning("%s: how it is now is taken for usual from here on", subject)
    for subject in sorted(thresholds.accepted.difference(watched.accepted)):
        logger.warning("ALARMS_ACCEPTED: %s gave no alarm", subject)
    return watched
