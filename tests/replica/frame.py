"""What stands round every page: head, clock, menu, left column with decoys, boxes, adverts, hidden state and footer.

The frame is built once per state of the portal. It carries the weight (40-80 KB a page) and most of the traps that lie
outside the article: a date that is no article's date, headings that resemble the related block's, links that lead away.
"""

import base64
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from .model import CATEGORIES, Article
from .scenery import MENU_AFTER, MENU_BEFORE, SCRIPT, STYLE, boxes, calendar, unit_choice, unit_links

_DOCTYPE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n'
    '<html xmlns="http://www.w3.org/1999/xhtml" lang="vi-vn" dir="ltr"><head>'
    '<meta name="GENERATOR" content="Microsoft SharePoint" />'
    '<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />'
    '<meta name="description" content="Cổng thông tin điện tử tỉnh Ninh Thuận - Kênh tin của tỉnh" />\n'
)
_LOW, _HIGH = 46_000, 66_000  # the size aimed at, before what the state field cannot make up for
_STATE = (4_000, 24_000)


@dataclass
class Frame:
    """Frames main columns into whole pages."""

    seed: int
    padding: bool
    clock: str
    old_news: Sequence[Article]
    private: str

    def __post_init__(self) -> None:
        rng = random.Random(f"{self.seed}/frame")
        self._blob = base64.b64encode(rng.randbytes(60_000)).decode() if self.padding else ""
        weight = (STYLE, SCRIPT, unit_choice() + unit_links(), calendar()) if self.padding else ("", "", "", "")
        self._style, self._script, self._units, self._calendar = weight
        self._left = f'<td class="TD-left" valign="top">{_menu()}{self._decoys()}{self._calendar}{boxes(rng)}</td>'
        self._top = self._header()
        self._foot = self._footer()
        parts = (_DOCTYPE, self._style, self._script, self._left, self._top, self._foot)
        self._bytes = sum(len(part.encode()) for part in parts)

    def page(self, title: str, main: str, key: str, head: str = "") -> str:
        """A whole page; `key` settles its state field and visitor counter, so that a page is the same every time."""
        mark = zlib.crc32(key.encode())
        column = f'<td class="TD-main" valign="top">{main}</td></tr></table>'
        return "".join(
            (
                f"{_DOCTYPE}<title>\n\t{escape(title)}\n</title>{head}{self._style}</head>\n",
                "<body onload=\"javascript:if (typeof(_spBodyOnLoadWrapper) != 'undefined') "
                '_spBodyOnLoadWrapper();">\n',
                '<form name="aspnetForm" method="post" action="#" id="aspnetForm">',
                self._viewstate(mark, len(column.encode())),
                self._top,
                '<table width="100%" cellpadding="0" cellspacing="0"><tr>',
                self._left,
                column,
                f'<div class="TD-counter">Số lượt truy cập: {12_000_000 + mark % 900_000:,}</div>'.replace(",", "."),
                self._foot,
                self._script,
                "</form></body></html>",
            )
        )

    def _viewstate(self, mark: int, main: int) -> str:
        """The hidden state field: long enough to bring the page near the size of the real ones."""
        wanted = _LOW + mark % (_HIGH - _LOW) - self._bytes - main
        length = max(_STATE[0], min(_STATE[1], wanted)) if self.padding else 60
        start = mark % 40_000
        value = "/wEPDwUK" + self._blob[start : start + length]
        return f'<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{value}" />\n'

    def _header(self) -> str:
        return (
            '<div class="TD-header"><h1 class="TD-sitename">Cổng thông tin điện tử tỉnh Ninh Thuận</h1>'
            f'<span id="ctl00_lblNgay">{self.clock}</span><a href="/Pages/Default.aspx">Trang chủ</a> | '
            '<a href="/sodotrang.aspx">Sơ đồ trang</a> | <a href="/portal/Pages/login.aspx">Đăng nhập</a> | '
            '<a href="/timkiem.aspx?q=ninh+thuan">Tìm kiếm</a> | <a href="javascript:void(0)">Cỡ chữ</a> | '
            '<a href="mailto:banbientap@congtinh.example">Thư điện tử</a></div>'
            '<div class="TD-ads"><a href="http://khuyenmai.example/he">'
            f'<img src="/portal/ImageAds/he.jpg" alt="Quảng cáo" /></a></div>{self._units}\n'
        )

    def _decoys(self) -> str:
        """A box that looks like the related block and links to old articles, and one that links to no article."""
        entries = "".join(
            f'<li><a href="{article.path}">{escape(article.truth.title)}</a> '
            f'<span class="pub-date">({article.when.strftime("%d/%m/%Y")})</span></li>'
            for article in self.old_news
        )
        return (
            f'<div class="TD-box"><div class="TD-box-title"><b>Thông tin đã đưa</b></div><ul>{entries}</ul></div>'
            '<div class="TD-box"><b>Thông tin đã đưa lên cổng</b><br/><ul>'
            '<li><a href="/portal/Pages/lich-tiep-cong-dan.aspx">Lịch tiếp công dân định kỳ</a></li>'
            '<li><a href="/chinhquyen/ubnd/Pages/Gioi-thieu.aspx">Bộ máy tổ chức</a></li>'
            f'<li><a href="{self.private}">Thông báo nội bộ</a></li>'
            '<li><a href="/chinhquyen/ubnd/Admin/bieu-mau-01.pdf">Biểu mẫu 01 (PDF)</a></li>'
            '<li><a href="/_layouts/15/listfeed.aspx?List=1">Nguồn tin</a></li></ul></div>'
        )

    def _footer(self) -> str:
        return (
            '<div class="TD-footer">Trang bản sao dùng để thử nghiệm. Đăng ngày 02/01/2016. '
            "Ghi rõ nguồn khi dùng lại thông tin.<br />"
            'Liên kết website: <a href="http://congthongtin.example/">Cổng thông tin</a> '
            '<a href="http://ninhphuoc.ninhthuan.gov.vn/portal/Pages/default.aspx">Huyện Ninh Phước</a></div>'
        )


def _menu() -> str:
    heads = "".join(f'<li><a href="{c.path}">{escape(c.name)}</a></li>' for c in CATEGORIES)
    return f'<ul class="TD-menu">{MENU_BEFORE}{heads}{MENU_AFTER}</ul>'
