"""When an article was published, and when it was last changed: what the page says in several places, held together.

The first layer that states a believable date wins, and a finer one that agrees refines it (trap 30). A missing date is
seen and mended, a wrong one is not: what may be a clock, a list's date or an event's is left. Source: field notes,
formats.md 1.4, 1.5 and traps 25 to 33.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from newscrawl.items import Article
from newscrawl.reading.claims import Claim, Dates, Judge, claim_of
from newscrawl.reading.dated_lines import Printed
from newscrawl.reading.printed_dates import printed_dates
from newscrawl.reading.reading import Reading
from newscrawl.words.date_addresses import date_in_address
from newscrawl.words.date_lines import dated_title, parted
from newscrawl.words.dates import DateStamp, date_from_parts, find_date, is_ahead, read_date
from newscrawl.words.urls import path_and_query

__all__ = ["dates_of", "heed_listing"]


def dates_of(reading: Reading) -> Dates:
    """The dates of an article, each with its layer."""
    stated = _address_date(reading)
    layer, printed = _shown(reading, stated)
    seen_at = reading.page.fetched_at
    stamps = (printed.published, printed.changed)
    shown, changed = ([claim_of(layer, stamp, seen_at)] if stamp else [] for stamp in stamps)
    judge = Judge(reading, next(iter(shown + changed), None))
    said, modified = judge.machines()
    if not shown and changed and not _is_preceded(changed[0], said):
        shown, changed = changed, []  # "Cập nhật" alone stands beside the date of publication
    claims = [*shown, *said] if layer != "readable" else [*said, *shown]
    claims += [claim_of("address", stated, seen_at)] if stated else []
    return judge.dates(claims, [*modified, *changed])


def heed_listing(article: Article, day: str, raw: str | None) -> None:
    """Hold an article against the day that its listing prints beside the link. It is the date of an article that has
    none, or only the month; where they differ, a warning says so. But a date that stands in the title is what the
    article is about."""
    listed, known = read_date(day), read_date(article.published or "")
    if listed is None or (raw or day) in (article.title or ""):
        return
    if known is None or (known.agrees_with(listed) and listed.is_finer_than(known)):
        article.published, article.published_raw, article.published_precision = day, raw, "day"
        article.extracted_by["published"] = "listing"
    elif not known.agrees_with(listed):
        layer = article.extracted_by.get("published", "readable")
        article.warnings.append(f"published: {Claim(layer, known)}, {Claim('listing', listed)}")


# --- what the page shows


def _shown(reading: Reading, stated: DateStamp | None) -> tuple[str, Printed]:
    """The dates that a rule finds, else those printed near the title, with their layer; with a day in the address,
    a page whose rule does not answer is not searched."""
    seen_at = reading.page.fetched_at
    for origin, text in reading.texts("published"):
        found = Printed(*(_read(part, seen_at) for part in parted(text)))
        if found.published or found.changed:
            return origin, found
    if reading.has_rule("published") and stated is not None:
        return "readable", Printed()
    found = printed_dates(reading.survey, seen_at)
    return "readable", found if found.published or found.changed else Printed(_title_date(reading))


def _read(text: str, seen_at: datetime | None) -> DateStamp | None:
    return (read_date(text, seen_at=seen_at) or find_date(text, seen_at=seen_at)) if text else None


def _title_date(reading: Reading) -> DateStamp | None:
    """The date that a template glued to the title."""
    titles = [text for _, text in reading.texts("title")]
    return next((stamp for title in [*titles, reading.survey.title or ""] if (stamp := dated_title(title)[1])), None)


def _address_date(reading: Reading) -> DateStamp | None:
    """The day or month in the address: where the site's rule names it, else in one of the known forms (formats.md
    1.4)."""
    path = path_and_query(reading.page.url)
    for rule in reading.site.urls.article if reading.site else ():
        if match := rule.search(path):
            parts = match.groupdict()
            if parts.get("ym"):
                return date_from_parts(parts["ym"][:4], parts["ym"][4:])
            if parts.get("y"):
                return date_from_parts(parts["y"], parts["m"], parts.get("d"))
    stamp = date_in_address(path)
    return None if stamp and is_ahead(stamp, reading.page.fetched_at) else stamp


def _is_preceded(claim: Claim, others: Iterable[Claim]) -> bool:
    return any(other.stamp.is_before(claim.stamp) for other in others if not other.doubt)
