"""Dead weight of the frame: style, script, weather, currencies, a calendar, the units. Nothing in it is news.

Real portal pages have about a thousand elements (a paper of the field notes 1,305 in 160 KB); so have these."""

import random

_SELECTORS = [
    "TD-header",
    "TD-menu",
    "TD-left",
    "TD-main",
    "TD-box",
    "TD-box-title",
    "TD-footer",
    "TD-ads",
    "TD-other",
    "TD-pager",
    "tandan-news",
]
_UNITS = """Sở Nội vụ|Sở Y tế|Sở Giáo dục và Đào tạo|Sở Công Thương|Sở Tài chính|Sở Xây dựng|Sở Tư pháp|Sở Ngoại vụ
Thanh tra tỉnh|Ban Dân tộc|Huyện Ninh Phước|Huyện Thuận Nam|Huyện Ninh Hải|Huyện Ninh Sơn|Huyện Thuận Bắc
Huyện Bác Ái"""

MENU_BEFORE = (
    '<li><a href="/Pages/Default.aspx">Trang chủ</a></li>'
    '<li><a href="/chinhquyen/ubnd/Pages/Gioi-thieu.aspx">Giới thiệu</a></li>'
)
MENU_AFTER = (
    '<li><a href="/portal/Pages/lich-tiep-cong-dan.aspx">Lịch tiếp công dân</a></li>'
    '<li><a href="/sodotrang.aspx">Sơ đồ trang</a></li><li><a href="/lienhe.aspx">Liên hệ</a></li>'
    '<li><a href="/english/Pages/Default.aspx">English</a></li>'
    '<li><a href="http://dulichbien.example/">Du lịch biển</a></li>'
    "<li><a href=\"javascript:__doPostBack('ctl00$menu','in')\">Bản in</a></li>"
)


def _style() -> str:
    """A sheet as SharePoint themes put it inline: many rules of one pattern."""
    rules = (
        f".{name} .lv{level} a:{state} {{ color: #{(level * 4321 + len(name)) % 4096:03x}; padding: {level}px 4px; "
        f"background: url(/_layouts/images/bg{level}.gif) repeat-x; font-family: Tahoma, Arial }}"
        for name in _SELECTORS
        for level in range(1, 4)
        for state in ("link", "hover")
    )
    sheet = '<link rel="stylesheet" type="text/css" href="/_layouts/1066/styles/core.css" />'
    return f'{sheet}<style type="text/css">\n{chr(10).join(rules)}\n</style>'


def _script() -> str:
    """Inline script with a page context, a slide show and strings that hold markup but are none."""
    slides = "\n".join(
        f"slides[{n}] = {{ img: '/portal/ImageAds/banner{n}.jpg', "
        f"note: '<p class=\"ngay\">(0{n % 9 + 1}/01/2017)</p>' }};"
        for n in range(14)
    )
    return (
        '<script type="text/javascript">\n//<![CDATA[\n'
        "var _spPageContextInfo = {webServerRelativeUrl: '/', webLanguage: 1066, currentLanguage: 1066, userId: 0};\n"
        f"var slides = [];\n{slides}\n"
        "function _spBodyOnLoadWrapper() { for (var i = 0; i < slides.length; i++) { show(slides[i]); } }\n"
        "function show(s) { var box = document.getElementById('slides'); if (box) { box.innerHTML += s.note; } }\n"
        "function clock() { var d = new Date(); window.setTimeout(clock, 1000); return d; }\n"
        + "".join(f"function f{n}(a, b) {{ if (a > {n}) {{ return a * b - {n}; }} return b; }}\n" for n in range(12))
        + "//]]>\n</script>"
    )


STYLE, SCRIPT = _style(), _script()


def unit_choice() -> str:
    """A drop-down of the units; its addresses are no links, and they are other hosts."""
    names = [name for line in _UNITS.split("\n") for name in line.split("|")]
    options = "".join(
        f'<option value="http://donvi{n}.ninhthuan.gov.vn/portal/Pages/default.aspx">'
        f"{names[n % len(names)]} - {n}</option>\n"
        for n in range(48)
    )
    first = "<option>Các đơn vị</option>"
    return f'<select id="ctl00_ddlDonVi" onchange="window.open(this.value)">{first}\n{options}</select>'


def unit_links() -> str:
    """The same units once more as a menu that opens on hover: tables in lists in tables, as SharePoint's menus are."""
    names = [name for line in _UNITS.split("\n") for name in line.split("|")]
    rows = "".join(
        f'<tr><td class="ms-menu{n % 3}"><ul><li><a href="http://donvi{n}.ninhthuan.gov.vn/">'
        f"<span>{names[n % len(names)]}</span></a></li></ul></td></tr>"
        for n in range(44)
    )
    return f'<div class="TD-units"><table cellpadding="0"><tr><td><table>{rows}</table></td></tr></table></div>'


def calendar() -> str:
    """The archive by day: a date form under words that begin like the related block's (formats.md 5)."""
    days = "".join(
        "<tr>"
        + "".join(
            f"<td><a href=\"javascript:__doPostBack('cal','{week * 7 + day}')\"><span>{week * 7 + day}</span></a></td>"
            for day in range(1, 8)
        )
        + "</tr>"
        for week in range(4)
    )
    return f'<div class="TD-box"><b>Các tin đã đưa theo ngày:</b><table class="ms-picker">{days}</table></div>'


def boxes(rng: random.Random) -> str:
    """Weather and currencies, with dates and numbers that belong to no article."""
    towns = ("Phan Rang - Tháp Chàm", "Ninh Hải", "Ninh Sơn", "Bác Ái", "Thuận Nam", "Thuận Bắc", "Ninh Phước")
    weather = "".join(
        f"<tr><td><b>{town}</b></td><td><span>{rng.randint(22, 27)}</span> - <span>{rng.randint(28, 36)}</span>°C</td>"
        "<td><i>Ít mây, không mưa</i></td></tr>"
        for town in towns
    )
    money = "".join(
        f"<tr><td><b>{code}</b></td><td><span>{rng.randint(100, 30000):,}</span></td>"
        f"<td><span>{rng.randint(100, 30000):,}</span></td></tr>"
        for code in ("USD", "EUR", "GBP", "JPY", "AUD", "CAD", "CHF", "SGD", "THB", "KRW")
    )
    return (
        f'<div class="TD-box TD-weather"><b>Thời tiết</b><table>{weather}</table></div>'
        f'<div class="TD-box TD-money"><b>Tỷ giá</b><table>{money}</table>Cập nhật 08:27 05/01/2019</div>'
        '<div class="TD-ads"><a href="http://quangcao.example/xe">'
        '<img src="/portal/ImageAds/xe.jpg" alt="" /></a></div>'
    )
