"""The data of the replica: what an article says (ground truth) and in which shape its page says it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

HOST = "www.ninhthuan.gov.vn"
HOSTS = (HOST, "ninhthuan.gov.vn")
ROOT = f"http://{HOST}"
PAGE_SIZE = 15

Era = Literal["chinhquyen", "portal"]
Reach = Literal["listing", "related", "nowhere"]
BlockKind = Literal["para", "head", "quote", "short", "item", "table", "picture"]
PictureShape = Literal["glued", "table", "plain", "em", "border", "figure", "bare"]


class Caption(NamedTuple):
    """A caption, whole with its credit, and the absolute address of its picture."""

    text: str
    image: str


class Related(NamedTuple):
    """An entry of the block under an article; the page may print a twin of `url`, which is always canonical."""

    title: str
    url: str
    date: str


class Attachment(NamedTuple):
    """A document linked under the text."""

    title: str
    url: str


@dataclass
class Expected:
    """What a reader must get out of one article page."""

    url: str
    era: Era
    category: list[str]
    title: str
    lead: str | None
    published: str
    published_raw: str
    body: list[str]
    byline: list[str] = field(default_factory=list)
    byline_raw: str | None = None
    source: str | None = None
    captions: list[Caption] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    reachable: Reach = "listing"
    hops: int = 0
    listed_in: list[str] = field(default_factory=list)
    same_text_as: str | None = None
    print_url: str = ""


@dataclass
class Picture:
    """A picture of the body; `alt` is empty or the headline, never the caption."""

    shape: PictureShape
    src: str
    alt: str
    caption: str | None


@dataclass
class Block:
    """One thing of the body in order. A picture glued to a paragraph hangs on that paragraph."""

    kind: BlockKind
    text: str = ""
    picture: Picture | None = None
    rows: list[list[str]] = field(default_factory=list)


@dataclass
class Shape:
    """The markup an article is printed in, decided once so that a page never changes by itself."""

    frame: Literal["seed", "field", "wrapper", "portal"]
    carrier: Literal["p", "div", "mixed", "br"]
    byline: Literal["outside", "last-p", "none"]
    other: Literal["TD", "F1", "none"]
    other_mode: Literal["latest", "older"]
    heading: str
    spacers: bool
    end_mark: bool
    repeat_lead: bool
    style_first: bool
    control: int


@dataclass
class Article:
    """An article of the portal: its truth, its body in blocks, its shape and its place in the link graph."""

    truth: Expected
    number: int
    when: datetime
    category: str
    unit: str
    blocks: list[Block]
    shape: Shape
    older: list["Article"] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The address without host."""
        return self.truth.url.removeprefix(ROOT)

    @property
    def order(self) -> tuple[datetime, int]:
        """Sorts oldest first; the number settles articles of one minute."""
        return self.when, self.number


@dataclass(frozen=True)
class Category:
    """A category with the page that lists it and the unit that mostly writes it."""

    name: str
    path: str
    units: tuple[str, ...]
    share: float


CATEGORIES = (
    Category("Chính trị - Xã hội", "/chinhquyen/ubnd/Pages/Chinh-tri-Xa-hoi.aspx", ("ubnd", "ubnd", "ubmttq"), 0.45),
    Category("Kinh tế", "/chinhquyen/ubnd/Pages/Kinh-te.aspx", ("ubnd", "prtc", "thuannam"), 0.25),
    Category("Văn hóa - Du lịch", "/portal/Pages/Van-hoa-Du-lich.aspx", ("ubnd", "prtc"), 0.18),
    Category("Giáo dục - Y tế", "/portal/Pages/Giao-duc-Y-te.aspx", ("soyt", "ubnd"), 0.12),
)


@dataclass(frozen=True)
class Response:
    """An answer of the portal. `delay` holds it back that many seconds, for tests of slow answers; `cut` ends the
    connection after so many bytes of the body, or, where it is negative, without an answer."""

    status: int
    headers: dict[str, str]
    body: bytes
    delay: float = 0.0
    cut: int | None = None


def html_response(text: str, status: int = 200) -> Response:
    """An HTML page as the portal sends it."""
    return Response(status, {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "private"}, text.encode())


def fold(url: str) -> str:
    """The key under which twins are one: path without host, port, scheme and case, the print number kept.

    IIS does not tell cases apart, and every query but those two is decoration on this site.
    """
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.lower().split("&") if pair.startswith(("pageindex=", "p="))]
    path = unquote(parts.path or "/").lower()
    return path + ("?" + "&".join(kept) if kept else "")
