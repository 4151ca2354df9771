"""A writer of believable official prose: titles, paragraphs, captions and bylines from the vocabulary in `words`.

All randomness comes from the `random.Random` handed in, so one seed always gives the same text. Phrases are short and
the pools wide on purpose: two articles share few word sequences, as real ones do, so a check for near
duplicates is not misled.
"""

import random
import unicodedata
from datetime import date, timedelta
from functools import cache

from . import words

_PARTS_OF_DAY = ("Sáng", "Chiều", "Tối")


@cache
def _pool(block: str) -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFC", entry) for entry in words.pool(block))


def plain(text: str) -> str:
    """The text without diacritics, đ as d: the letters an address may hold."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in bare if not unicodedata.combining(char))


def slug(title: str) -> str:
    """Blanks become hyphens and other punctuation is dropped, so ` - ` leaves `--` as on the real site."""
    return "".join("-" if char == " " else char for char in plain(title) if char == " " or char.isalnum())


def capital(text: str) -> str:
    """Only the first letter raised; `str.capitalize` would lower the others."""
    return text[:1].upper() + text[1:]


class Writer:
    """Sentences for one category, drawn from one random source."""

    def __init__(self, rng: random.Random, category: str) -> None:
        self.rng = rng
        self.topics = _pool(words.TOPICS[category])
        self.own_deeds = _pool(words.DEEDS[category])

    def pick(self, block: str) -> str:
        """One entry of a vocabulary block."""
        return self.rng.choice(_pool(block))

    def deed(self) -> str:
        """Something an office can do; mostly of the category's own kind."""
        return self.rng.choice(self.own_deeds) if self.rng.random() < 0.6 else self.pick(words.DEEDS[""])

    def person(self) -> str:
        """A made-up full name."""
        return " ".join((self.pick(words.FAMILY), self.pick(words.MIDDLE), self.pick(words.GIVEN)))

    def pen_name(self) -> str:
        """A made-up reporter's name of two syllables."""
        return f"{self.pick(words.PEN_FIRST)} {self.pick(words.PEN_LAST)}"

    def office(self) -> str:
        """An office of the province."""
        return self.pick(words.ORGS)

    def place(self) -> str:
        """A place in the province."""
        return self.pick(words.PLACES)

    def number(self) -> str:
        """A count in the Vietnamese manner: dots between thousands."""
        return f"{self.rng.choice((self.rng.randint(3, 98), self.rng.randint(100, 9800))):,}".replace(",", ".")

    def percent(self) -> str:
        """A share with a decimal comma."""
        return f"{self.rng.randint(2, 98)},{self.rng.randint(0, 9)}%"

    def event_date(self, day: date) -> str:
        """The day something happened, printed as prose prints it: never the date of publication itself."""
        happened = day - timedelta(days=self.rng.randint(1, 4))
        sep = self.rng.choice(("/", "/", "-", "."))
        text = f"{happened.day}{sep}{happened.month}"
        return f"{text}{sep}{happened.year}" if self.rng.random() < 0.6 else text

    def title(self, day: date) -> str:
        """A headline; some hold ` - `, a comma or quotation marks, which the address rules treat specially."""
        topic, verb, where = self.rng.choice(self.topics), self.pick(words.VERBS), self.place()
        period = self.pick(words.PERIODS).format(y=day.year, y0=day.year - 4)
        forms = (
            f"{self.office()} {verb} {topic} {period}",
            f"{capital(where)} {verb} {topic} {period}",
            f"{capital(where)}: {capital(self.deed())}, {self.deed()}",
            f"Hội nghị {verb} {topic} tại {where} {period}",
            f"{capital(topic)} ở {where} - những kết quả {period}",
            f"{self.office()} “{verb}” {topic} ở {where}",
        )
        return self.rng.choice(forms)

    def lead(self) -> str:
        """One or two sentences that stand above the text."""
        opening = f"{self.office()} vừa {self.deed()}, {self.deed()} tại {self.place()} nhằm {self.pick(words.GOALS)}."
        return opening if self.rng.random() < 0.6 else f"{opening} {self.sentence()}"

    def opening(self, day: date) -> str:
        """A first paragraph with the date of the event, which is not the date of the article."""
        when, event = self.event_date(day), self.pick(words.EVENTS)
        start = self.rng.choice((f"Ngày {when}", f"{self.rng.choice(_PARTS_OF_DAY)} {when}", f"Trong ngày {when}"))
        who = f"đồng chí {self.person()} – {self.pick(words.ROLES)}"
        first = f"{start}, tại {self.place()}, {self.office()} tổ chức {event}; tham dự có {who}, {self.office()}."
        return f"{first} {self.sentence()} {self.sentence()}"

    def report(self, day: date) -> str:
        """A paragraph that opens with the words which careless cutting takes for a source line."""
        return (
            f"Theo báo cáo của {self.office()}, trong {self.rng.randint(3, 11)} tháng năm {day.year} các đơn vị đã "
            f"{self.deed()}, {self.deed()} và {self.deed()}. {self.sentence()} {self.sentence()}"
        )

    def already_told(self) -> str:
        """Prose that holds the heading of the related block as part of a longer phrase."""
        return (
            f"Trước đó, như thông tin đã đưa trên Cổng thông tin điện tử, {self.office()} được giao {self.deed()} "
            f"tại {self.place()}. {self.sentence()} {self.sentence()}"
        )

    def speech(self) -> str:
        """A paragraph of instructions."""
        return (
            f"Phát biểu tại {self.pick(words.EVENTS)}, đồng chí {self.person()} – {self.pick(words.ROLES)} đề nghị "
            f"{self.office()} {self.deed()}; {self.deed()}; đồng thời {self.deed()}, "
            f"{self.pick(words.GOALS)}. {self.sentence()}"
        )

    def plain_paragraph(self) -> str:
        """Two to five sentences."""
        return " ".join(self.sentence() for _ in range(self.rng.randint(2, 5)))

    def quote(self) -> str:
        """A quotation of its own."""
        return f"“{self.pick(words.QUOTES)}”, {self.rng.choice(('bà', 'ông', 'anh', 'chị'))} {self.person()} chia sẻ."

    def item(self) -> str:
        """An entry of a list typed with a hyphen."""
        result = f"{self.number()} {self.pick(words.NOUNS)}"
        return f"- Về {self.rng.choice(self.topics)}: {self.deed()}, {self.deed()}; {result}."

    def caption(self) -> str:
        """A picture's caption without its credit; short, as captions are."""
        forms = (
            f"Quang cảnh {self.pick(words.EVENTS)}",
            f"Đồng chí {self.person()} – {self.pick(words.ROLES)} phát biểu tại {self.pick(words.EVENTS)}",
            f"{capital(self.pick(words.GROUPS))} {self.pick(words.SCENES)}",
            f"Người dân {self.place()} {self.pick(words.SCENES)}",
        )
        return self.rng.choice(forms)

    def table(self) -> list[list[str]]:
        """A small table of results."""
        head = ["Địa phương", capital(self.pick(words.METRICS)), "Tỷ lệ"]
        return [head] + [[capital(self.place()), self.number(), self.percent()] for _ in range(self.rng.randint(3, 6))]

    def sentence(self) -> str:
        """One sentence of official prose."""
        forms = (
            self._count,
            self._compare,
            self._order,
            self._flaws,
            self._plan,
            self._effect,
            self._scene,
            self._story,
        )
        return self.rng.choice(forms)()

    def _count(self) -> str:
        return f"Đến nay, {self.place()} có {self.number()} {self.pick(words.NOUNS)}, đạt {self.percent()} kế hoạch."

    def _compare(self) -> str:
        metric, change = self.pick(words.METRICS), self.rng.choice(("tăng", "giảm"))
        part = f"riêng {self.place()} ghi nhận {self.number()} {self.pick(words.NOUNS)}"
        return f"So với cùng kỳ, {metric} {change} {self.percent()}, {part}."

    def _order(self) -> str:
        return f"{self.office()} yêu cầu {self.place()} {self.deed()}, {self.deed()}."

    def _flaws(self) -> str:
        return f"Tuy nhiên, {self.pick(words.FLAWS)}; tại {self.place()}, {self.pick(words.FLAWS)}."

    def _plan(self) -> str:
        return f"Thời gian tới, {self.office()} sẽ {self.deed()}, {self.deed()} để {self.pick(words.GOALS)}."

    def _effect(self) -> str:
        return f"Việc {self.deed()} ở {self.place()} góp phần {self.pick(words.GOALS)}."

    def _scene(self) -> str:
        return f"Tại {self.place()}, {self.pick(words.GROUPS)} {self.pick(words.SCENES)}, cùng nhau {self.deed()}."

    def _story(self) -> str:
        who = self.rng.choice(("Ông", "Bà", "Anh", "Chị"))
        return f"{who} {self.person()} ở {self.place()} cho biết gia đình {self.pick(words.STORIES)}."
