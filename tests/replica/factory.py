"""Makes single articles: text, truth and shape.

Each draws from a random source of its own number only, so an article is the same however many others are built.
"""

import random
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime

from . import words
from .forms import Byline, credit, file_stem, make_byline, printed_date
from .model import ROOT, Article, Attachment, Block, Caption, Category, Era, Expected, Picture, PictureShape, Shape
from .text import Writer, capital, slug

_TAIL = "abcdefghijklmnopqrstuvwxyz0123456789"
_FIRST_NUMBER = 21000
_LONG = 150  # an ordinary paragraph; nothing shorter may follow a picture, or it would read like a caption
_DATES: dict[Era, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "chinhquyen": (("bare", "dang-ngay", "sa-ch", "cap-nhat", "unpadded"), (45, 15, 15, 15, 10)),
    "portal": (("dang-ngay", "bare", "sa-ch", "unpadded"), (55, 20, 15, 10)),
}
_SHAPES: tuple[PictureShape, ...] = ("glued", "table", "plain", "em", "border", "figure", "bare")
_SHAPE_WEIGHTS = (9, 3, 4, 4, 3, 4, 4)  # the glued one is the shape of the one page that is known
_HEADINGS = ("Tin đã đưa", "Tin đã đưa", "Tin đã đưa", "Tin đã đưa", "Các tin đã đưa", "Các tin khác")


class Factory:
    """Numbers the articles and keeps their titles and addresses apart."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.serial = 0
        self._used: set[str] = set()

    def make(self, category: Category, when: datetime) -> Article:
        """A new article of the category; about three in ten have an address of the younger era."""
        self.serial += 1
        rng = random.Random(f"{self.seed}/{self.serial}")
        writer = Writer(rng, category.name)
        era: Era = "portal" if rng.random() < 0.3 else "chinhquyen"
        unit = rng.choice(category.units)
        title, url = self._title(writer, era, unit, when)
        raw, iso = printed_date(rng.choices(*_DATES[era])[0], when)
        lead = writer.lead() if rng.random() < (0.75 if era == "portal" else 0.15) else None
        byline = make_byline(writer)
        truth = Expected(url, era, [category.name], title, lead, iso, raw, [], byline.names, byline.raw, byline.source)
        truth.listed_in = [category.name]
        blocks = _pictured(writer, _blocks(writer, when), title, unit, era, when)
        shape = _shape(rng, era, byline, lead is not None)
        article = Article(truth, _FIRST_NUMBER + self.serial, when, category.name, unit, blocks, shape)
        _fill(article, writer)
        return article

    def repost(self, original: Article, like: Article) -> Article:
        """The original's text once more, at the time and with the number of another article, under a second unit."""
        unit = "ubmttq" if original.unit != "ubmttq" else "ubnd"
        truth = deepcopy(original.truth)
        truth.url = self._address(truth.title, "chinhquyen", unit, like.when, random.Random(like.number))
        truth.published_raw, truth.published = printed_date("bare", like.when)
        truth.print_url, truth.same_text_as = like.truth.print_url, original.truth.url
        original.truth.same_text_as = truth.url
        shape, blocks = deepcopy(original.shape), deepcopy(original.blocks)
        return Article(truth, like.number, like.when, original.category, unit, blocks, shape)

    def _title(self, writer: Writer, era: Era, unit: str, when: datetime) -> tuple[str, str]:
        """A title nobody had before, with its address."""
        while True:
            title = writer.title(when.date())
            key = slug(title).lower()
            if key not in self._used:
                self._used.add(key)
                return title, self._address(title, era, unit, when, writer.rng)

    @staticmethod
    def _address(title: str, era: Era, unit: str, when: datetime, rng: random.Random) -> str:
        if era == "chinhquyen":
            return f"{ROOT}/chinhquyen/{unit}/Pages/{slug(title)}.aspx"
        tail = "".join(rng.choices(_TAIL, k=6))
        return f"{ROOT}/portal/Pages/{when.year}-{when.month}-{when.day}/{slug(title)[:50]}{tail}.aspx"


def _blocks(writer: Writer, when: datetime) -> list[Block]:
    """The body without pictures; first and last are ordinary paragraphs."""
    rng, day = writer.rng, when.date()
    body = [Block("para", writer.opening(day))]
    if rng.random() < 0.5:
        body.append(Block("para", writer.report(day)))
    if rng.random() < 0.15:
        body.append(Block("para", writer.already_told()))
    body += [Block("para", writer.plain_paragraph()) for _ in range(rng.randint(1, 3))]
    for chance, part in ((0.25, _section), (0.25, _quoted), (0.18, _short), (0.12, _items), (0.08, _tabled)):
        if rng.random() < chance:
            body += part(writer)
    return [*body, Block("para", writer.speech())]


def _section(writer: Writer) -> list[Block]:
    return [Block("head", writer.pick(words.HEADS)), Block("para", writer.plain_paragraph())]


def _quoted(writer: Writer) -> list[Block]:
    return [Block("quote", writer.quote())]


def _short(writer: Writer) -> list[Block]:
    return [Block("short", writer.pick(words.SHORTS))]


def _items(writer: Writer) -> list[Block]:
    return [Block("item", writer.item()) for _ in range(writer.rng.randint(2, 4))]


def _tabled(writer: Writer) -> list[Block]:
    intro = f"{writer.sentence()} Kết quả cụ thể ở từng địa phương như sau:"
    return [Block("para", intro), Block("table", rows=writer.table())]


def _pictured(writer: Writer, body: list[Block], title: str, unit: str, era: Era, when: datetime) -> list[Block]:
    """Hangs up to three pictures into the body, each before (or, glued, at the end of) an ordinary paragraph."""
    rng = writer.rng
    wanted = rng.choices((0, 1, 2, 3), (15, 50, 25, 10))[0]
    places = [i for i, block in enumerate(body) if block.kind == "para" and len(block.text) >= _LONG]
    for place in sorted(rng.sample(places, min(wanted, len(places))), reverse=True):
        shape = rng.choices(_SHAPES, _SHAPE_WEIGHTS)[0]
        if shape == "glued" and (place + 1 >= len(body) or body[place + 1].kind != "para"):
            shape = "table"
        picture = Picture(shape, _source(writer, unit, era, when), title if rng.random() < 0.2 else "", None)
        if shape != "bare":
            picture.caption = _caption(writer, shape)
        if shape != "glued":
            body.insert(place, Block("picture", picture=picture))
        else:
            body[place].picture = picture
    return body


def _caption(writer: Writer, shape: PictureShape) -> str:
    """Some with a credit; only plain ones sometimes end with a full stop."""
    text = writer.caption()
    if writer.rng.random() < 0.2:
        return text + credit(writer)
    return f"{text}." if shape == "plain" and writer.rng.random() < 0.35 else text


def _source(writer: Writer, unit: str, era: Era, when: datetime) -> str:
    """Old pictures carry tenths of seconds in eleven digits, newer ones sixteen hex digits before the name."""
    rng, stem = writer.rng, file_stem(writer)
    if era == "chinhquyen":
        return f"/chinhquyen/{unit}/Pictures/{stem}{int(when.timestamp() * 10) + rng.randint(0, 9999)}.jpg"
    return f"/portal/Photos/{when.strftime('%Y-%m')}/{rng.randrange(16**16):016x}{stem}.jpg"


def _shape(rng: random.Random, era: Era, byline: Byline, has_lead: bool) -> Shape:
    """The markup: the older era wavers between four frames, the younger has one."""
    frame = "portal" if era == "portal" else rng.choices(("seed", "field", "wrapper"), (55, 25, 20))[0]
    weights = (30, 15, 35, 20) if frame == "seed" else (60, 20, 0, 20)
    common, rare = ("F1", "TD") if era == "portal" else ("TD", "F1")
    return Shape(
        frame=frame,  # type: ignore[arg-type]
        carrier=rng.choices(("p", "div", "mixed", "br"), weights)[0],
        byline=byline.place,
        other=rng.choices((common, rare, "none"), (88, 8, 4))[0],  # type: ignore[arg-type]
        other_mode="older" if rng.random() < 0.05 else "latest",
        heading=rng.choice(_HEADINGS),
        spacers=rng.random() < 0.3,
        end_mark=rng.random() < 0.45,
        repeat_lead=has_lead and rng.random() < 0.12,
        style_first=rng.random() < 0.08,
        control=rng.randint(2, 9),
    )


def _fill(article: Article, writer: Writer) -> None:
    """Writes into the truth what the blocks say."""
    truth, rng = article.truth, writer.rng
    truth.print_url = f"{ROOT}/portal/pages/print.aspx?p={article.number}"
    restate(truth, article.blocks)
    if rng.random() < 0.1:
        kind, year = rng.choice(("Kế hoạch", "Báo cáo", "Quyết định", "Công văn")), article.when.year
        name = f"{kind} số {rng.randint(10, 999)} năm {year}"
        path = f"/chinhquyen/{article.unit}/Admin/{slug(name)}-{article.number}.pdf"
        truth.attachments = [Attachment(name, ROOT + path)]
    if truth.era == "portal" and rng.random() < 0.6:
        truth.tags = [capital(topic) for topic in rng.sample(writer.topics, rng.randint(2, 4))]


def restate(truth: Expected, blocks: Sequence[Block]) -> None:
    """Sets body, captions and tables from the blocks."""
    pictures = [block.picture for block in blocks if block.picture]
    truth.body = [block.text for block in blocks if block.kind not in ("picture", "table")]
    truth.captions = [Caption(picture.caption, ROOT + picture.src) for picture in pictures if picture.caption]
    truth.tables = [block.rows for block in blocks if block.kind == "table"]
