"""HTML of an article's body, with the leftovers that clerks and word processors leave in rich text."""

import random
from html import escape

from .model import Article, Block, Picture

_JUSTIFY = 'style="text-align: justify"'
_CENTRE = 'style="text-align: center"'
_WORD = (
    '<style type="text/css">p.MsoNormal {margin: 0cm 0cm 6pt; font-size: 14pt}</style>'
    "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->"
)


def body_html(article: Article, rng: random.Random) -> str:
    """The rich text: everything between date and related block that the clerk typed."""
    shape, truth = article.shape, article.truth
    parts = [_WORD] if shape.style_first else []
    if shape.repeat_lead and truth.lead:
        parts.append(f"<p {_JUSTIFY}><strong>{escape(truth.lead)}</strong></p>")
    blocks = _ended(article)
    parts.append(_broken(blocks, rng) if shape.carrier == "br" else _paragraphs(article, blocks, rng))
    if shape.byline == "last-p":
        parts.append(f'<p style="text-align: right"><strong>{byline_html(truth.byline_raw)}</strong></p>')
    return "\n".join(parts)


def byline_html(raw: str | None) -> str:
    """The byline as typed; a source stands on a second line of the same block."""
    return escape(raw or "", quote=False).replace("\n", "<br />") + "&nbsp;"


def _ended(article: Article) -> list[Block]:
    """The blocks with the end mark of official prose, which is no part of the text that is to be read."""
    blocks = list(article.blocks)
    if article.shape.end_mark and blocks[-1].text.endswith("."):
        last = blocks[-1]
        blocks[-1] = Block(last.kind, f"{last.text[:-1]}./.", last.picture)
    return blocks


def _paragraphs(article: Article, blocks: list[Block], rng: random.Random) -> str:
    lines: list[str] = []
    for block in blocks:
        lines.append(_block(block, article.shape.carrier, rng))
        if article.shape.spacers and rng.random() < 0.3:
            lines.append(
                rng.choice(("<p>&nbsp;</p>", f"<p {_JUSTIFY}>&nbsp;</p>", "<div>&nbsp;</div>", "&nbsp;<br />"))
            )
    return "\n".join(lines)


def _block(block: Block, carrier: str, rng: random.Random) -> str:
    if block.kind == "picture" and block.picture:
        return picture_html(block.picture, rng)
    if block.kind == "table":
        return table_html(block.rows)
    if block.kind == "head" and rng.random() < 0.3:
        return f"<h3>{escape(block.text)}</h3>"
    tag = carrier if carrier != "mixed" else rng.choice(("p", "p", "div"))
    inner = _typed(block, rng)
    if block.picture:  # a table is no child of p: only a div keeps the caption in the paragraph's own block
        return f"<div {_JUSTIFY}>{inner}{picture_html(block.picture, rng)}</div>"
    attributes = rng.choice((f" {_JUSTIFY}", f" {_JUSTIFY}", f' class="MsoNormal" {_JUSTIFY}', ""))
    return f"<{tag}{attributes}>{inner}</{tag}>"


def _broken(blocks: list[Block], rng: random.Random) -> str:
    """Paragraphs that only line breaks part, in one div."""
    gap = rng.choice(("<br />", "<br /><br />", "<br />\n&nbsp;<br />\n", "<br>\r\n<br>\r\n"))
    parts = []
    for block in blocks:
        if block.kind == "picture" and block.picture:
            parts.append(picture_html(block.picture, rng))
        elif block.kind == "table":
            parts.append(table_html(block.rows))
        else:
            glued = picture_html(block.picture, rng) if block.picture else gap
            parts.append(_typed(block, rng) + glued)
    return f"<div {_JUSTIFY}>{''.join(parts)}</div>"


def _typed(block: Block, rng: random.Random) -> str:
    if block.kind == "head":
        return f"<strong>{escape(block.text)}</strong>"
    if block.kind == "quote":
        return f"<em>{escape(block.text, quote=False)}</em>"
    return inline(block.text, rng)


def inline(text: str, rng: random.Random) -> str:
    """The words in one of the ways rich text holds them; none of them changes what is to be read."""
    words = text.split(" ")
    at = rng.randrange(1, len(words)) if len(words) > 1 else 1
    first, rest = escape(" ".join(words[:at]), quote=False), escape(" ".join(words[at:]), quote=False)
    whole = escape(text, quote=False)
    form = rng.choices(range(7), (44, 12, 10, 9, 10, 8, 7))[0]
    if form == 1:
        return f'<span style="font-family: times new roman; font-size: 14pt">{whole}</span>'
    if form == 2 and rest:
        return f"<strong>{first}</strong> {rest}"
    if form == 3 and rest:
        return f"{first}&nbsp;{rest}"
    if form == 4 and rest:
        return f"{first}\r\n\t\t{rest}"
    if form == 5 and len(words[0]) > 1:
        head, tail = escape(words[0][:1]), whole[len(escape(words[0][:1])) :]
        return f"<span>{head}</span><span lang=VI>{tail}</span>"
    return f"{whole}&nbsp;" if form == 6 else whole


def table_html(rows: list[list[str]]) -> str:
    """A table with data."""
    lines = ("<tr>" + "".join(f"<td><p>{escape(cell)}</p></td>" for cell in row) + "</tr>" for row in rows)
    return f'<table class="MsoTableGrid" border="1" cellspacing="0"><tbody>{"".join(lines)}</tbody></table>'


def picture_html(picture: Picture, rng: random.Random) -> str:
    """A picture with its caption in the shape the article's clerk used."""
    src = f"http://www.ninhthuan.gov.vn{picture.src}" if rng.random() < 0.15 else picture.src
    image = f'<img alt="{escape(picture.alt)}" src="{src}" style="width: 480px; height: 320px" />'
    text = escape(picture.caption or "", quote=False)
    if picture.shape in ("glued", "table"):
        return _picture_table(image, text, rng)
    if picture.shape == "plain":
        return f"<p {_CENTRE}>{image}</p>\n<p>{text}</p>"
    if picture.shape == "em":
        return f"<p {_CENTRE}>{image}</p>\n<p {_CENTRE}><em>{text}</em></p>"
    if picture.shape == "border":
        return f'<div class="img-border">{image}<div class="img-cap">{text}</div></div>'
    if picture.shape == "figure":
        return f"<figure>{image}<figcaption>{text}</figcaption></figure>"
    return f"<p {_CENTRE}>{image}</p>"


def _picture_table(image: str, text: str, rng: random.Random) -> str:
    caption = rng.choice((f"<em>{text}</em>", f"<p {_CENTRE}>{text}</p>", f"<em>{text}&nbsp;</em>", text))
    return (
        '<table align="center" border="0" cellpadding="1" cellspacing="1" style="width: 480px"><tbody>'
        f"<tr><td>{image}</td></tr><tr><td {_CENTRE}>{caption}</td></tr></tbody></table>"
    )
