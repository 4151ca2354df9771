"""The lead (sapo) that stands in the body, before its first paragraph (families.md N1, N5, N6, F3; trap 9).

It is told from a paragraph by a class, by being a heading as long as a paragraph, by being bold where the next is not,
or by standing there twice. Only for Vietnamese: elsewhere a bold first paragraph is a paragraph.
"""

from __future__ import annotations

import re
from typing import Final

from newscrawl.reading.blocks import Block
from newscrawl.words.text import key, language_of

__all__ = ["take_lead"]

_POINT: Final = 2  # characters behind the bold ones: the full stop
_SHORTEST: Final = 60  # characters; a sub-heading has fewer
_LONGEST: Final = 600
_SHORTEST_NEXT: Final = 60  # characters of the paragraph behind it
_HINT: Final = re.compile(r"sapo|chapeau|phead|(?:^|[\s_-])a?(?:lead|desc|summary|brief)(?:$|[\s_-])", re.IGNORECASE)


def take_lead(texts: list[Block]) -> tuple[str | None, list[Block]]:
    """The lead that begins `texts`, and what is left; None where the body begins with a paragraph like the others."""
    if len(texts) < 2 or not _may_lead(texts[0]):
        return None, texts
    lead, following = texts[0], texts[1]
    twice = len(texts) > 2 and key(lead.text) == key(following.text)
    named = _HINT.search(lead.hint) is not None and _HINT.search(following.hint) is None
    apart = (lead.heading or lead.bold >= lead.letters - _POINT) and not (following.heading or following.all_bold)
    if twice or named or (apart and len(following.text) >= _SHORTEST_NEXT):
        return lead.text, texts[2:] if twice else texts[1:]
    return None, texts


def _may_lead(block: Block) -> bool:
    fits = _SHORTEST <= len(block.text) <= _LONGEST
    return fits and block.element.tag not in ("li", "tr") and language_of(block.text, None) == "vi"
