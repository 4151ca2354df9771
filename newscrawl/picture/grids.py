"""Tables of data, told from tables that set a page out. Only the former are shown as tables: the latter would not fit
on a narrow screen, and say nothing."""

from __future__ import annotations

from typing import Final

from newscrawl.words.tree import Element, string_of

__all__ = ["grid_of"]

_SECTIONS: Final = frozenset({"thead", "tbody", "tfoot"})
_LONGEST_CELL: Final = 400  # characters; a cell with more is a column of the page
_MOST_CELLS: Final = 20_000


def grid_of(table: Element) -> dict[Element, str]:
    """The elements of a table of data, with what they become; nothing for any other table."""
    if next(table.iterdescendants("table", "img", "form"), None) is not None:
        return {}
    grid = {table: "table"}
    rows: list[Element] = []
    for child in table:
        if child.tag in _SECTIONS and not _has_text(child):
            grid[child] = str(child.tag)
            rows += child
        else:
            rows.append(child)
    rows = [row for row in rows if row.tag not in ("col", "colgroup")]
    if _has_text(table) or len(rows) < 2 or any(row.tag != "tr" or _has_text(row) for row in rows):
        return {}
    cells = [cell for row in rows for cell in row]
    if max(map(len, rows)) < 2 or len(cells) > _MOST_CELLS:
        return {}
    if any(cell.tag not in ("td", "th") or len(string_of(cell)) > _LONGEST_CELL for cell in cells):
        return {}
    return grid | dict.fromkeys(rows, "tr") | {cell: str(cell.tag) for cell in cells}


def _has_text(element: Element) -> bool:
    """Whether text stands directly in an element, between its children."""
    return any(text and not text.isspace() for text in (element.text, *(child.tail for child in element)))
