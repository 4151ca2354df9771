"""One reading of one page: what its site's rules find on it, what it says of itself, and the generic pass over it."""

from __future__ import annotations

from collections.abc import Iterator

from newscrawl.reading.pages import Page
from newscrawl.reading.readable import Survey, survey
from newscrawl.reading.structured import Structured, read_structured
from newscrawl.selectors import Found
from newscrawl.site import Layout, Site
from newscrawl.words.text import fold
from newscrawl.words.tree import Element, text_of

__all__ = ["Reading"]


class Reading:
    """Page, site and layout together. `survey` is made only when a layer behind the rules is asked."""

    def __init__(self, page: Page, site: Site | None) -> None:
        self.page, self.site = page, site
        self.structured: Structured = read_structured(page.root)
        self.layout = self._choose_layout()
        self._survey: Survey | None = None

    @property
    def survey(self) -> Survey:
        """The generic layers' pass over the page."""
        if self._survey is None:
            self._survey = survey(self.page.root, self.structured)
        return self._survey

    def has_rule(self, field: str) -> bool:
        """Whether the layout names a selector for `field`."""
        return field in self.layout.fields

    def found(self, field: str) -> Iterator[tuple[str, list[Found]]]:
        """What the site's, then the family's selectors find for `field`: (layer, elements or strings)."""
        for origin, selectors in self.layout.fields.get(field, ()):
            for found in selectors.answers(self.page.root):
                yield origin, found

    def texts(self, field: str) -> Iterator[tuple[str, str]]:
        """The first text with content of each answer."""
        for origin, found in self.found(field):
            if text := next((text for one in found if (text := name_of(one))), ""):
                yield origin, text

    def inside(self, body: Element, *fields: str) -> frozenset[Element]:
        """The elements in `body` that the rules for `fields` name, all alternatives together."""
        found: list[Found] = []
        for field in fields:
            for _, selectors in self.layout.fields.get(field, ()):
                for selector in selectors.alternatives:
                    found += selector(body)
        return frozenset(one for one in found if isinstance(one, Element) and one is not body)

    def _choose_layout(self) -> Layout:
        """Among the layouts open on the day of the fetch the first whose title and body both answer, else the first."""
        layouts = self.site.layouts_on(self.page.fetched_at) if self.site else ()
        if len(layouts) > 1:
            for layout in layouts:
                if all(self._answers(layout, field) for field in ("title", "body")):
                    return layout
        return layouts[0] if layouts else Layout()

    def _answers(self, layout: Layout, field: str) -> bool:
        return any(selectors.all(self.page.root) for _, selectors in layout.fields.get(field, ()))


def name_of(found: Found) -> str:
    """The text of what a selector found, on one line."""
    return fold(found) if isinstance(found, str) else text_of(found)
