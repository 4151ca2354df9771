"""Pages that are no articles, files, and the odd addresses that listings and home page lead to."""

from collections.abc import Iterable, Sequence
from html import escape

from .model import CATEGORIES, Article, Response

PRIVATE = "/chinhquyen/noibo/Pages/Thong-bao-lich-truc-co-quan.aspx"
SOFT_404 = "/chinhquyen/ubnd/Pages/Tin-da-go-khoi-cong.aspx"
MISLABELLED = "/chinhquyen/soyt/Pages/To-roi-phong-benh-mua-he.aspx"
REDIRECT = "/chuyentin.aspx?tin=1"
MISSING = (
    "/chinhquyen/prtc/Pages/Ngay-hoi-da-doi-lich.aspx",
    "/portal/Pages/2018-3-2/Danh-sach-khong-con-luu-tren-cong-thong-tin-dien-ta1b2c3.aspx",
    "/chinhquyen/thuannam/Pages/Bai-cu-khong-con.aspx",
)
ELSEWHERE = (
    "http://baocuatinh.example/tin/2018/le-hoi.html",
    "http://ninhphuoc.ninhthuan.gov.vn/portal/Pages/2018-11-5/Nghe-gom-vao-vu-tet-o-lang-co8p98kq.aspx",
)

ROBOTS = """User-agent: *
Disallow: /_layouts/
Disallow: /chinhquyen/noibo/
Disallow: /portal/Pages/login.aspx
Disallow: /portal/pages/login.aspx
Disallow: /timkiem.aspx
Allow: /
"""
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + b"\x10" * 64 + b"\xff\xd9"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)

GONE = (
    '<div id="art-content"><div class="art-title"></div><span id="ctl00_PlaceHolderMain_lblItemDoesNotExist">'
    "Bài viết không tồn tại hoặc đã được gỡ khỏi cổng.</span></div>"
)
NOT_FOUND = '<div class="TD-error"><h2>404</h2>Không tìm thấy trang theo địa chỉ đã nhập.</div>'

_ABOUT = (
    '<div class="TD-static"><h2>Giới thiệu</h2><div class="ms-rtestate-field">'
    "<p>Đây là trang giới thiệu chung của cổng, không phải tin tức. Bộ máy gồm văn phòng, các sở và các địa phương.</p>"
    "<p>Thông tin chi tiết được cập nhật theo từng nhiệm kỳ, xem thêm ở sơ đồ trang.</p></div></div>"
)
_RECEPTION = (
    '<div class="TD-static"><h2>Lịch tiếp công dân</h2><table border="1"><tr><td>Ngày</td><td>Người tiếp</td></tr>'
    "<tr><td>05/02/2019</td><td>Lãnh đạo văn phòng</td></tr><tr><td>20/02/2019</td><td>Lãnh đạo thanh tra</td></tr>"
    "</table></div>"
)
_CONTACT = (
    '<div class="TD-static"><h2>Liên hệ</h2><p>Ban Biên tập, đường số 1, phường Mỹ Hải. Điện thoại: 000.000.000.</p>'
    '<a href="mailto:banbientap@congtinh.example">banbientap@congtinh.example</a></div>'
)
_ENGLISH = '<div class="TD-static"><h2>Welcome</h2><p>The English edition of the portal is being prepared.</p></div>'
_LOGIN = '<div class="TD-static"><h2>Đăng nhập</h2><input type="password" name="mk" /></div>'
_SEARCH = '<div class="TD-static"><h2>Tìm kiếm</h2><input type="text" name="q" /><p>Không có kết quả.</p></div>'

STILL_PAGES = {
    "/chinhquyen/ubnd/Pages/Gioi-thieu.aspx": ("Giới thiệu", _ABOUT),
    "/portal/Pages/lich-tiep-cong-dan.aspx": ("Lịch tiếp công dân", _RECEPTION),
    "/lienhe.aspx": ("Liên hệ", _CONTACT),
    "/english/Pages/Default.aspx": ("English", _ENGLISH),
    "/portal/Pages/login.aspx": ("Đăng nhập", _LOGIN),
    "/timkiem.aspx": ("Tìm kiếm", _SEARCH),
    SOFT_404: ("Cổng thông tin", GONE),
}


def site_map(units: Iterable[str]) -> str:
    """Links to the categories and to the front pages of the units."""
    heads = [(category.path, category.name) for category in CATEGORIES]
    heads += [(f"/chinhquyen/{unit}/Pages/Default.aspx", f"Trang {unit}") for unit in units]
    heads.append((REDIRECT, "Tin chuyển địa chỉ"))
    links = "".join(f'<li><a href="{path}">{escape(name)}</a></li>' for path, name in heads)
    return f'<div class="TD-static"><h2>Sơ đồ trang</h2><ul>{links}</ul></div>'


def unit_front(unit: str, articles: Sequence[Article]) -> str:
    """A unit's front page: leads without dates, as such pages were in 2021."""
    items = "".join(
        f'<div class="TD-lead"><a href="{a.path}">{escape(a.truth.title, quote=False)}</a>'
        f"<p>{escape(a.truth.lead or a.truth.body[0], quote=False)}</p></div>"
        for a in articles
    )
    return f'<div class="channel-title">Trang thành viên: {unit}</div>{items}'


def home_extra(redirected: Article) -> str:
    """Entries of the home page that lead to a redirect, to nothing, to a barred folder and to other hosts."""
    targets = (
        (REDIRECT, escape(redirected.truth.title, quote=False), redirected.when.strftime("%d/%m/%Y")),
        (MISSING[0], "Ngày hội đã đổi lịch", "14/02/2019"),
        (PRIVATE, "Thông báo lịch trực cơ quan", "20/02/2019"),
        (ELSEWHERE[0], "Báo của tỉnh viết về lễ hội", "11/10/2018"),
        (ELSEWHERE[1], "Nghề gốm vào vụ tết ở làng cổ", "05/11/2018"),
    )
    items = "".join(
        f'<p class="tandan-p-module-news-second"><a href="{path}">{title}</a> <span class="ngay">({day})</span></p>'
        for path, title, day in targets
    )
    return f'<div class="TD-box-news"><div class="TD-box-news-title"><a href="#">Tin khác</a></div>{items}</div>'


def listing_extra(name: str, page: int) -> str:
    """Odd entries between the true ones of a listing."""
    places = {
        ("Chính trị - Xã hội", 2): (PRIVATE, "Thông báo lịch trực cơ quan"),
        ("Kinh tế", 1): (SOFT_404, "Tin đã gỡ khỏi cổng"),
        ("Kinh tế", 2): (MISSING[1], "Danh sách không còn lưu trên cổng thông tin điện tử"),
        ("Văn hóa - Du lịch", 1): (ELSEWHERE[1], "Nghề gốm vào vụ tết ở làng cổ"),
        ("Văn hóa - Du lịch", 2): (MISSING[2], "Bài cũ không còn"),
        ("Giáo dục - Y tế", 1): (MISLABELLED, "Tờ rơi phòng bệnh mùa hè"),
        ("Giáo dục - Y tế", 2): ("/chinhquyen/soyt/Admin/to-roi.pdf", "Tờ rơi (PDF)"),
    }
    if (name, page) not in places:
        return ""
    path, title = places[name, page]
    label = '<label class="pub-time">02/01/2018 | Ban Biên tập</label>'
    return f'<li class="TD-channel-main-td channel-news-folder"><a href="{path}">{title}</a> {label}</li>\n'


def file_response(path: str) -> Response | None:
    """Pictures, documents and robots.txt; every well-formed picture address answers."""
    if path == "/robots.txt":
        return Response(200, {"Content-Type": "text/plain; charset=utf-8"}, ROBOTS.encode())
    if path == MISLABELLED.lower():
        return Response(200, {"Content-Type": "text/html; charset=utf-8"}, PDF)
    if path.endswith(".jpg") and ("/pictures/" in path or path.startswith(("/portal/photos/", "/portal/imageads/"))):
        return Response(200, {"Content-Type": "image/jpeg"}, JPEG)
    if path.endswith(".pdf") and "/admin/" in path:
        return Response(200, {"Content-Type": "application/pdf"}, PDF)
    return None
