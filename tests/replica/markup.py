"""Main columns: articles of both eras, their related blocks and print views, listings, the home page, still pages."""

import random
from collections.abc import Sequence
from html import escape

from .blocks import body_html, byline_html
from .forms import pub_time
from .links import href
from .model import CATEGORIES, ROOT, Article, Related

_PATHS = {category.name: category.path for category in CATEGORIES}


def old_article(article: Article, rng: random.Random) -> str:
    """A page of the older era: the frame of 2018 with its spacers, and rich text in one of three wrappers."""
    truth, shape = article.truth, article.shape
    rich = body_html(article, rng)
    field = f"<div class='ms-rtestate-field' style='display:inline'>{rich}</div>"
    if shape.frame == "seed":
        body = f'&nbsp;<br /><div class="art-body">{rich}</div>'
    elif shape.frame == "field":
        body = f"&nbsp;\n{field}"
    else:
        label = (
            f'<div id="ctl00_PlaceHolderMain_ctl{shape.control:02d}_label" style="display:none">Nội dung trang</div>'
        )
        body = f'<p class="tandan-p-article-main">{label}{field}</p>'
    lead = f'<p class="tandan-p-article-news-summary">{escape(truth.lead)}</p>' if truth.lead else ""
    author = ""
    if shape.byline == "outside":
        author = f'\n<div class="art-author" align="right"><b>{byline_html(truth.byline_raw)}</b></div>'
    return (
        f'<div class="channel-title"><a href="{_PATHS[article.category]}">{escape(article.category)}</a></div>\n'
        f'&nbsp;\n<div id="art-content"><div class="art-title">{escape(truth.title, quote=False)}&nbsp;</div>'
        f'<div class="art-date">{escape(truth.published_raw)}&nbsp;</div>\n{lead}{body}{author}</div>\n'
        f"{_attached(truth.attachments, 'Tệp đính kèm:')}"
        f'<div class="art-tools"><a href="/portal/pages/print.aspx?p={article.number}">In bài viết</a> | '
        '<a href="mailto:?subject=Tin">Gửi thư</a> | <a href="javascript:history.back()">Quay lại</a></div>\n'
        f"{related_block(article, rng)}"
    )


def new_article(article: Article, rng: random.Random) -> str:
    """A page of the younger era; the `p` that seems to wrap the body is closed by any parser before the body starts."""
    truth, shape = article.truth, article.shape
    name = f"ctl00_PlaceHolderMain_ctl{shape.control:02d}_"
    lead = f'<p class="tandan-p-article-news-summary">{escape(truth.lead)}</p>' if truth.lead else ""
    author = ""
    if shape.byline == "outside":
        author = f'<p style="text-align: right"><strong>{byline_html(truth.byline_raw)}</strong></p>'
    tags = ", ".join(f'<a href="/timkiem.aspx?tag={n}">{escape(tag)}</a>' for n, tag in enumerate(truth.tags))
    return (
        f'<div class="channel-title"><a href="/portal/Pages/default.aspx">Trang chủ</a> &raquo; '
        f'<a href="{_PATHS[article.category]}">{escape(article.category)}</a></div>'
        f'<div class="tandan-div-module-news-article"><p class="tandan-p-article-news-title">'
        f"{escape(truth.title, quote=False)}&nbsp;</p>"
        f'<div class="artcle-tools"><span class="tandan-span-date-publish">{escape(truth.published_raw)}&nbsp;</span> '
        f'<a href="/portal/pages/print.aspx?p={article.number}">In ấn</a> <span>100%</span></div>{lead}\n'
        f'<p class="tandan-p-article-main"><div id="{name}label" style="display:none">Page Content</div>'
        f'<div id="{name}_ControlWrapper_RichHtmlField" class="ms-rtestate-field" style="display:inline" '
        f'aria-labelledby="{name}label">{body_html(article, rng)}</div></p>{author}'
        f"{_attached(truth.attachments, 'Tài liệu kèm theo:')}"
        + (f'<div class="td-tags">Từ khóa: {tags}</div>' if tags else "")
        + '<div class="social-share"><a href="javascript:share()">Chia sẻ Facebook</a> Lượt xem: '
        f"{rng.randint(20, 9000)}</div></div>{related_block(article, rng)}"
    )


def _attached(files: Sequence[tuple[str, str]], label: str) -> str:
    if not files:
        return ""
    links = ", ".join(f'<a href="{url.removeprefix(ROOT)}">{escape(title)}</a>' for title, url in files)
    return f'<div class="TD-attach"><b>{label}</b> {links}</div>'


def related_block(article: Article, rng: random.Random) -> str:
    """The block `Tin đã đưa` in the shape of either era."""
    entries, shape = article.truth.related, article.shape
    if not entries:
        return ""
    if shape.other == "TD":
        items = "\n".join(f"<li>{_entry(e, rng, 'pub-date')}</li>" for e in entries)
        return f'<div class="TD-other"><div class="TD-other-title">{shape.heading}</div><ul>\n{items}\n</ul></div>'
    items = "\n".join(f'<p class="tandan-p-module-news-second">{_entry(e, rng, "ngay")}</p>' for e in entries)
    return f'<div class="tandan-div-article-other"><p class="tandan-p-article-other">{shape.heading}</p>\n{items}</div>'


def _entry(entry: Related, rng: random.Random, css: str) -> str:
    target = escape(href(entry.url.removeprefix(ROOT), rng))
    return f'<a href="{target}">{escape(entry.title, quote=False)}</a> <span class="{css}">{entry.date}</span>'


def print_view(article: Article, rng: random.Random) -> str:
    """The article without the portal's frame: a twin that must not become a second record."""
    truth = article.truth
    return (
        f"<html><head><title>{escape(truth.title)}</title></head><body onload='window.print()'>"
        f"<h2>{escape(truth.title, quote=False)}</h2><p>{escape(truth.published_raw)}</p>"
        f"<p><b>{escape(truth.lead or '')}</b></p><div>{body_html(article, rng)}</div>"
        f'<p><a href="javascript:window.print()">In trang</a></p></body></html>'
    )


def listing(name: str, items: Sequence[Article], extra: str, page: int, pages: int, rng: random.Random) -> str:
    """One page of a category; the head of the younger shape puts the link into a title element."""
    young = _PATHS[name].startswith("/portal/")
    rows = "\n".join(_row(article, young, rng) for article in items)
    return (
        f'<div class="channel-title"><a href="{_PATHS[name]}">{escape(name)}</a></div>'
        f'<ul class="TD-channel-main">\n{rows}\n{extra}</ul>\n{pager(page, pages)}'
    )


def _row(article: Article, young: bool, rng: random.Random) -> str:
    target, title = escape(href(article.path, rng)), escape(article.truth.title, quote=False)
    label = f'<label class="pub-time">{pub_time(article.when, rng)}</label>'
    teaser = escape(article.truth.body[0][:120], quote=False) + "…"
    if young:
        return (
            f'<li><div class="channel-news-title"><a href="{target}">{title}</a></div>{label}'
            f'<a class="more" href="{target}">Xem tiếp</a><p>{teaser}</p></li>'
        )
    link = f'<a href="{target}">{title}</a>'
    return f'<li class="TD-channel-main-td channel-news-folder">{link} {label}<div>{teaser}</div></li>'


def pager(page: int, pages: int) -> str:
    """A window of five numbers round the current page; after the last there is nothing."""
    first = max(1, min(page - 2, pages - 4))
    numbers = (
        f'<span class="CurrentPage">{n}</span>' if n == page else f'<a href="?PageIndex={n}">{n}</a>'
        for n in range(first, min(pages, first + 4) + 1)
    )
    return f'<div class="TD-pager">{" ".join(numbers)}</div>'


def home(latest: dict[str, list[Article]], extra: str, rng: random.Random) -> str:
    """A box of the latest entries for each category."""
    boxes = []
    for name, articles in latest.items():
        items = "\n".join(
            f'<p class="tandan-p-module-news-{"title" if n < 3 else "second"}"><a href="{escape(href(a.path, rng))}">'
            f'{escape(a.truth.title, quote=False)}</a> <span class="ngay">({a.when.strftime("%d/%m/%Y")})</span></p>'
            for n, a in enumerate(articles)
        )
        title = f'<div class="TD-box-news-title"><a href="{_PATHS[name]}">{escape(name)}</a></div>'
        boxes.append(f'<div class="TD-box-news">{title}\n{items}</div>')
    return "\n".join(boxes) + extra
