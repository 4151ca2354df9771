"""One line for each article and each text of a site: what is to be done with an article that was read."""

from __future__ import annotations

from dataclasses import dataclass

from newscrawl.keeping.ledger import Kept

__all__ = ["Decision", "Texts", "decide"]


@dataclass(frozen=True, slots=True)
class Decision:
    """`outcome` is "stored", "unchanged" or "duplicate" (of the article `other`)."""

    outcome: str
    other: str | None = None
    revision: int = 1
    previous_hash: str | None = None


def decide(content_hash: str, kept: Kept | None, other: str | None) -> Decision:
    """What is done with an article of which `kept` is kept, if anything, and whose text the article `other` has.

    >>> decide("b", Kept("a", 1), None)
    Decision(outcome='stored', other=None, revision=2, previous_hash='a')
    """
    if kept is not None:
        if kept.hash == content_hash:
            return Decision("unchanged")
        return Decision("stored", revision=kept.revision + 1, previous_hash=kept.hash)
    return Decision("stored") if other is None else Decision("duplicate", other)


class Texts:
    """What a site's ledger knows of articles, for the length of a replay; about 300 bytes an article."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._texts: dict[str, str] = {}

    def decide(self, article_id: str, content_hash: str, *, has_text: bool = True) -> Decision:
        """See `decide`. What is to be stored is kept from here on."""
        kept = self._kept.get(article_id)
        decision = decide(content_hash, kept, self._texts.get(content_hash) if has_text else None)
        if decision.outcome == "stored":
            if kept is not None and self._texts.get(kept.hash) == article_id:
                del self._texts[kept.hash]
            self._kept[article_id] = Kept(content_hash, decision.revision)
            self._texts.setdefault(content_hash, article_id)
        return decision
