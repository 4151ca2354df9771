"""The tables of the ledger, and how a file of an earlier version becomes one of this version."""

from __future__ import annotations

import sqlite3
from typing import Final

__all__ = ["VERSION", "migrate", "version_of"]

# One step for each version, in order. A step that was released never changes: files of that version exist.
_STEPS: Final = (
    """
    CREATE TABLE page (
        seq       INTEGER PRIMARY KEY,          -- the order in which pages were found
        key       TEXT NOT NULL UNIQUE,         -- Site.key: the identity of the page within the site
        url       TEXT NOT NULL,                -- the address as it was first seen
        state     TEXT NOT NULL DEFAULT 'found' CHECK (state IN ('found', 'done', 'failed', 'gone', 'skipped')),
        via       TEXT NOT NULL,                -- listing | related | home: where the link stood
        depth     INTEGER NOT NULL,             -- related links between the page and a listing
        found_on  TEXT,                         -- the page that holds the link
        date      TEXT,                         -- ISO 8601, as printed beside the link: evidence
        date_raw  TEXT,
        tries     INTEGER NOT NULL DEFAULT 0,   -- failures
        not_before TEXT,                        -- UTC, ISO 8601: a failed page is not asked again before
        reason    TEXT
    );
    CREATE INDEX page_pending ON page (state, seq) WHERE state IN ('found', 'failed');
    CREATE TABLE article (
        id       TEXT PRIMARY KEY,              -- Article.id
        hash     TEXT NOT NULL,                 -- content_hash of the newest revision
        revision INTEGER NOT NULL,
        run      TEXT NOT NULL                  -- the run whose segment holds it
    ) WITHOUT ROWID;
    CREATE INDEX article_hash ON article (hash);
    CREATE TABLE chain (
        name   TEXT PRIMARY KEY,                -- the first page of a listing, as identity
        walked TEXT NOT NULL                    -- UTC, ISO 8601: when it was last walked to its end
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE page ADD COLUMN failed_since TEXT;          -- UTC, ISO 8601: the first failure
    DROP INDEX page_pending;
    CREATE INDEX page_open ON page (seq)                    -- what is gone or skipped may be looked at once more
        WHERE state IN ('found', 'failed') OR (state IN ('gone', 'skipped') AND not_before IS NOT NULL);
    ALTER TABLE chain ADD COLUMN pages INTEGER NOT NULL DEFAULT 0;  -- how many the listing had then
    ALTER TABLE chain ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;  -- page.seq: what walks over it have seen
    UPDATE chain SET floor = (SELECT coalesce(max(seq), 0) FROM page);
    CREATE TABLE walk (                         -- walks over listings that have not come to their end
        number  INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: a walk may outlive its row
        chain   TEXT NOT NULL,
        title   TEXT NOT NULL,
        place   TEXT NOT NULL,                  -- file | menu | chance: what names the listing
        deep    INTEGER NOT NULL,               -- whether it goes to the listing's end, whatever is known already
        floor   INTEGER NOT NULL,               -- page.seq: what earlier walks over the listing have seen
        mark    INTEGER NOT NULL,               -- page.seq: what this one has seen when it left the first pages
        previous TEXT NOT NULL,                 -- the address of the page read last
        next    TEXT NOT NULL,                  -- the address of the page to be read next
        saved   TEXT NOT NULL,                  -- UTC, ISO 8601: when that was so
        pages   INTEGER NOT NULL,               -- pages read so far
        met     INTEGER NOT NULL,               -- whether it came to what was known when it began
        more    INTEGER NOT NULL,               -- whether the page read last says that there is a next one
        broken_since TEXT                       -- UTC, ISO 8601
    );
    CREATE INDEX walk_chain ON walk (chain);
    CREATE TABLE run (                          -- runs that have not ended
        name    TEXT PRIMARY KEY,
        started TEXT NOT NULL,
        counts  TEXT NOT NULL,                  -- JSON: Accounts.balance, as of the last commit
        boot    TEXT NOT NULL                   -- the system's boot that it ran in
    ) WITHOUT ROWID;
    CREATE TABLE twin (                         -- pages with the text of an article at another address
        key TEXT PRIMARY KEY,                   -- page.key
        url TEXT NOT NULL,
        of  TEXT NOT NULL,                      -- Article.id
        run TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX twin_run ON twin (run);
    """,
    """
    ALTER TABLE page ADD COLUMN listing TEXT;   -- chain: the first listing that showed the page, if one did
    ALTER TABLE chain ADD COLUMN title TEXT;    -- the category's name
    CREATE INDEX twin_of ON twin (of);
    ALTER TABLE article ADD COLUMN taken_down TEXT;  -- UTC, ISO 8601: when its page was found gone, after it was stored
    CREATE TABLE payload (                      -- pages' bytes that are in the site's WARC files
        digest BLOB PRIMARY KEY,                -- SHA-1
        file   TEXT NOT NULL,                   -- the WARC file
        offset INTEGER NOT NULL,                -- bytes
        length INTEGER NOT NULL                 -- bytes, compressed
    ) WITHOUT ROWID;
    CREATE TABLE look (                         -- stored articles that are looked at again, as long as they are
        id       TEXT PRIMARY KEY,              -- Article.id
        key      TEXT NOT NULL,                 -- page.key
        stored   TEXT NOT NULL,                 -- UTC, ISO 8601: when its first line was written
        due      TEXT NOT NULL,                 -- UTC, ISO 8601: not before
        failures INTEGER NOT NULL DEFAULT 0,    -- in a row
        missing  TEXT,                          -- UTC, ISO 8601: when its page was first found gone, if it is
        etag     TEXT,                          -- of the answer that holds the text of the newest revision
        modified TEXT                           -- its Last-Modified, as it was sent
    ) WITHOUT ROWID;
    CREATE INDEX look_due ON look (due);
    """,
)
VERSION: Final = len(_STEPS)


def version_of(db: sqlite3.Connection) -> int:
    """The version of the file: 0 is an empty one."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection) -> None:
    """Bring the file to this version, wholly or not at all. Raises sqlite3.Error."""
    version = version_of(db)
    if version < VERSION:
        steps = "\n".join(_STEPS[version:])
        db.executescript(f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {VERSION}; COMMIT;")
