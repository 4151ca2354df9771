"""Of what kind an article is, where its text says so (traps 65, 66)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from newscrawl.words.text import key

__all__ = ["kind_of"]

# The labels of the table above a legal document, printed in the template of news.
_NUMBER: Final = re.compile(r"số(?:\s*/\s*|\s+)ký hiệu\b", re.IGNORECASE)
_ISSUED: Final = re.compile(r"ngày ban hành\b", re.IGNORECASE)
_ITEM: Final = re.compile(r"\+\s*(?=[^\W\d_])")  # stations post the news of a day as "+ … + …"
_FEWEST_ITEMS: Final = 3


def kind_of(title: str, paragraphs: Sequence[str]) -> str:
    """ "document" for a legal document, "digest" for several news in one, else "article".

    >>> kind_of("Quyết định", ["Số ký hiệu | 12/QĐ-UBND", "Ngày ban hành | 20/08/2024"])
    'document'
    >>> kind_of("Tin tối", ["+ Lúa chín.", "+ Nước lên.", "+ Cầu xong."]), kind_of("Tin tối", ["Lúa chín."])
    ('digest', 'article')
    """
    if any(map(_NUMBER.match, paragraphs)) and any(map(_ISSUED.match, paragraphs)):
        return "document"
    items = sum(1 for paragraph in paragraphs if paragraph[0] == "+" and _ITEM.match(paragraph))
    if (items >= _FEWEST_ITEMS and items * 2 >= len(paragraphs)) or key(title).startswith("điểm báo"):
        return "digest"
    return "article"
