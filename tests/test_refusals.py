"""What is no article, and what only looks as if it were none. Every table has both; the pages are our own, after the
field notes (traps 43, 44, 51, 52, 56 to 58, 65, 66, 71 to 73) and after what servers and guards send."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

import newscrawl
from newscrawl.crawling.visits import BREAKAGE, SUSPECT, UNREAD, is_listing, look_outcome_of, outcome_of
from newscrawl.words.errors import REASONS

HOST = "https://tin.example.vn"
URL = f"{HOST}/xa-hoi/xom-nho-dap-lai-bo-bao-5512.html"
TITLE = "Xóm nhỏ đắp lại bờ bao sau mùa lũ"
HEADS = (
    "Xã vùng cao làm thêm hai cây số kênh dẫn nước",
    "Chợ phiên đầu năm đông người mua hạt giống",
    "Thư viện huyện mở cửa buổi tối cho học sinh ôn thi",
    "Trạm y tế xã có thêm phòng khám cho trẻ nhỏ",
    "Bến đò ngang thay thuyền gỗ bằng phà máy",
    "Lớp học đan lưới miễn phí ở làng chài",
    "Vườn ươm cây bản địa đón khách tham quan",
    "Đường liên thôn lắp đèn năng lượng mặt trời",
    "Nhà văn hóa thôn được lợp lại mái sau bão",
    "Nghệ nhân già truyền nghề làm trống cho lớp trẻ",
)
LINES = (
    "Kênh mới tưới cho bốn mươi héc-ta ruộng bậc thang.",
    "Người bán nói giá năm nay ngang năm ngoái.",
    "Học sinh lớp chín và lớp mười hai đến đông nhất.",
    "Phòng khám mở cửa sáng thứ ba và thứ năm hằng tuần.",
    "Chiếc phà chở được ba mươi người và mười xe máy.",
)
PROSE = (
    "Sáng nay bà con trong xóm ra đồng từ sớm, người cuốc, người gánh, đắp lại đoạn bờ bao bị nước cuốn trôi trong "
    "trận lũ tuần trước, ai cũng mong kịp vụ.",
    "Theo bà con, đoạn bờ dài hơn trăm mét này giữ nước cho cả cánh đồng, nên nhà nào cũng cử người ra làm, nhà neo "
    "người thì góp cơm trưa và nước uống.",
    "Trưởng xóm cho biết sẽ trồng thêm hàng dừa nước dọc con rạch để giữ đất, khỏi phải đắp lại mỗi năm một lần như "
    "trước, vừa tốn công vừa không bền.",
    "Đến chiều, hơn nửa đoạn bờ đã nhô lên khỏi mặt nước, mấy đứa trẻ chạy dọc theo bờ mới, để lại dấu chân trên lớp "
    "đất còn ướt, người lớn nhìn theo mà cười.",
)
MENU = "<nav>" + "".join(f'<a href="/muc-{n}/">Mục {n}</a>' for n in range(9)) + "</nav>"
PAGER = '<div><b>1</b> <a href="?page=2">2</a> <a href="?page=3">3</a></div>'
OG_ARTICLE = '<meta property="og:type" content="article">'
JSONLD = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "' + TITLE + '"}</script>'
FIGURES = "".join(
    f'<figure><img src="/anh/{n}.jpg"><figcaption>{line} Ảnh: Lê Hoa</figcaption></figure>'
    for n, line in enumerate(LINES)
)
RANDOM = random.Random(7)
BLOB = base64.b64encode(RANDOM.randbytes(3000)).decode()


def p(*paragraphs: str) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def page(body: str, title: str = TITLE, *, head: str = "", menu: str = MENU) -> str:
    return f'<!DOCTYPE html><html lang="vi"><head><title>{title}</title>{head}</head><body>{menu}{body}</body></html>'


def bare(body: str, title: str = "", head: str = "") -> str:
    """A page without a menu, as guards and servers send them."""
    return page(body, title, head=head, menu="")


def news(body: str, title: str = TITLE, **more: str) -> str:
    text = f'<div class="text">{body}</div>'
    return page(f'<div class="news"><h1>{title}</h1><div class="day">12/07/2024 08:15</div>{text}</div>', title, **more)


def to(number: int) -> str:
    return f"/xa-hoi/tin-so-{number}-{77100 + number}.html"


def teasers(count: int) -> str:
    return "".join(
        f'<div class="item"><a href="{to(n)}"><img src="/t/{n}.jpg"></a><h3><a href="{to(n)}">{HEADS[n % 10]} '
        f"({n})</a></h3><span>1{n % 9}/03/2024</span><p>{LINES[n % 5]}</p></div>"
        for n in range(count)
    )


def whole(tag: str, day: str) -> str:
    return "".join(
        f'<div class="bai"><{tag}><a href="{to(n)}">{HEADS[n]}</a></{tag}>{day.format(n + 1)}{p(*PROSE[:3])}</div>'
        for n in range(5)
    )


def read(html: str | bytes, url: str = URL) -> dict[str, Any]:
    return newscrawl.extract(html.encode() if isinstance(html, str) else html, url)


def kind(html: str | bytes, url: str = URL) -> str:
    """The reason why a page is no article, else the kind of article that it is."""
    got = read(html, url)
    return str(got.get("not_article") or got["kind"])


# --- listings

CARD = "".join(f'<a href="{to(n)}"><h3>{head}</h3><p>{PROSE[n % 4]}</p></a>' for n, head in enumerate(HEADS))
LINKED_HEADS = "".join(f'<h3><a href="{to(n)}">{HEADS[n]}</a></h3>{p(PROSE[n % 4])}' for n in range(6))
RESULTS = "".join(
    f'<li><a href="{to(n)}">{head}</a><br>1{n % 9}/03/2024 {LINES[0]} {LINES[1]}</li>' for n, head in enumerate(HEADS)
)
LISTINGS = {
    "whole articles": (page(whole("h2", "<i>0{}/04/2017 11:00 SA</i>"), "Tổng quát"), "/tong-quat", "many_articles"),
    "whole articles, og:type article": (
        page(whole("div", "<i>(0{}/04/2017)</i>"), "Tin hoạt động", head=OG_ARTICLE), "/hoat-dong", "many_articles",
    ),
    "whole articles without days": (page(whole("h2", "") + PAGER, "Làng nghề"), "/chu-de/lang-nghe", "many_articles"),
    "a tag": (page(teasers(12), "Từ khóa: bờ bao", head=OG_ARTICLE), "/tag/bo-bao", "many_teasers"),
    "an event": (page(f"<h1>Mùa lũ</h1>{p(LINES[1])}{teasers(9)}", "Mùa lũ"), "/mua-lu-event51.html", "many_teasers"),
    "an event of few": (page(f"<div>{teasers(4)}</div>", "Mùa lũ"), "/mua-lu-event52.html", "many_teasers"),
    "a category": (page(f"<div>{teasers(9)}</div>{PAGER}", "Xã hội"), "/xa-hoi/", "many_teasers"),
    "cards": (page(f"<div>{CARD}</div>", "Đời sống"), "/doi-song/", "many_teasers"),
    "a topic beside its teasers": (
        page(f"<div><h1>Làng nghề</h1>{p(PROSE[0])}</div><div>{teasers(8)}</div>", "Chủ đề: Làng nghề"),
        "/topic/lang-nghe", "many_teasers",
    ),
    "a search": (page(f"<p>Có 35 kết quả</p><ul>{RESULTS}</ul>", "Tìm kiếm: bờ"), "/tim-kiem?q=bo", "many_teasers"),
    "the home page": (page(f"<div>{teasers(9)}</div><div>{teasers(12)}</div>", "Báo"), "/", "many_teasers"),
    "a folder": (bare('<h1>Index of /a</h1><pre><a href="b.pdf">b.pdf</a> 1M</pre>', "Index of /a"), "/a/",
                 "many_teasers"),
}  # fmt: skip
ARTICLES = {
    "sub-headings": news(p(*PROSE) + f"<h2>{HEADS[0]}</h2>" + p(*PROSE) + f"<h2>{HEADS[1]}</h2>" + p(*PROSE)),
    "teasers around": page(f"{teasers(15)}<div><h1>{TITLE}</h1>{p(*PROSE)}</div><div>{teasers(15)}</div>"),
    "two h1": page(f"<h1>Xã hội</h1><div><h1>{TITLE}</h1>{p(*PROSE)}</div>"),
    "an interview": news(p(PROSE[0]) + "".join(f"<p><b>* Thưa ông, {a}</b></p>{p(PROSE[1])}" for a in LINES)),
    "a live report": news("".join(f"<b>12/07/2024 {n}:10</b>{p(PROSE[n % 4])}" for n in range(8))),
    "a live report with anchors": news(
        "".join(f'<h3><a href="#m{n}">{head}</a></h3><b>12/07/2024</b>{p(PROSE[0])}' for n, head in enumerate(HEADS))
    ),
    "a chronicle": news("".join(f"<h3>Ngày {n}/7/2024</h3>{p(*PROSE[:2])}" for n in range(1, 7))),
    "linked headings": news(p(PROSE[0], PROSE[1]) + LINKED_HEADS, head=JSONLD),
    "links between paragraphs": news(
        "".join(f'{p(PROSE[n % 4])}<p><a href="{to(n)}">{HEADS[n]}</a></p>' for n in range(8))
    ),
    "boxes between paragraphs": news(
        "".join(f'{p(*PROSE)}<h3><a href="{to(n)}">{HEADS[n]}</a></h3><i>1{n}/03/2024</i>' for n in range(5))
    ),
    "boxes between paragraphs, the first early": news(
        p(PROSE[0])
        + "".join(f'<h3><a href="{to(n)}">{HEADS[n]}</a></h3><i>1{n}/03/2024</i>{p(*PROSE)}' for n in range(5))
    ),
    "links above the text": news(
        "<ul>" + "".join(f'<li><a href="{to(n)}">{HEADS[n]}</a></li>' for n in range(6)) + "</ul>" + p(*PROSE)
    ),
    "links in the middle": news(
        p(PROSE[0]) + "<ul>" + "".join(f'<li><a href="{to(n)}">{HEADS[n]}</a></li>' for n in range(8)) + "</ul>"
        + p(PROSE[1], PROSE[2])
    ),
    "a list of places": news(
        p(PROSE[0]) + "".join(f'<li><a href="/dia-chi/{n}">{h}</a>: {PROSE[n % 4]}</li>' for n, h in enumerate(HEADS))
    ),
    "short, with teasers below": page(
        f"<div><h1>{TITLE}</h1><i>12/07/2024</i>{p(PROSE[0][:120])}"
        + "".join(f'<h4><a href="{to(n)}">{h}</a></h4>{p(LINES[n % 5])}' for n, h in enumerate(HEADS)) + "</div>"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("html", "path", "reason"), LISTINGS.values(), ids=LISTINGS.keys())
def test_a_listing(html: str, path: str, reason: str) -> None:
    assert kind(html, HOST + path) == reason


@pytest.mark.parametrize("html", ARTICLES.values(), ids=ARTICLES.keys())
def test_an_article_that_looks_like_a_listing(html: str) -> None:
    assert kind(html) == "article"


@pytest.mark.parametrize(
    "path",
    [
        "/tag/bo-bao", "/kinh-te/tag-gia-moi-88123.html", "/su-kien/le-hoi-123.html", "/to-chuc-event2024.html",
        "/topic/bo-bao-99.html", "/tim-kiem-nguoi-mat-tich-9911.html", "/search/bo-bao", "/video/xom-nho-55.html", "/",
    ],
)  # fmt: skip
def test_no_address_alone_refuses_an_article(path: str) -> None:
    assert kind(news(p(*PROSE)), HOST + path) == "article"


# --- notices

ROBOT = "Vui lòng xác nhận bạn không phải là robot để tiếp tục truy cập."
ASPNET = (
    "<h1>Server Error in '/' Application.</h1><b>Description:</b> An unhandled exception occurred during the execution "
    "of the current web request. Please review the stack trace for more information about the error and where it "
    "originated in the code.<br><b>Exception Details:</b> System.NullReferenceException"
)
BLOCKED = (
    "<h1>Sorry, you have been blocked</h1><p>This website is using a security service to protect itself from online "
    "attacks. The action you just performed triggered the security solution.</p><p>You can email the site owner. "
    "Please include the Cloudflare Ray ID found at the bottom of this page.</p>"
)
UPKEEP = p("Cổng thông tin đang được bảo trì, nâng cấp để phục vụ tốt hơn.", "Mong bạn đọc thông cảm và quay lại sau.")
NOTICES = {
    "heading 404": (page("<h1>404</h1><p>Trang bạn tìm không tồn tại.</p>", "Không tìm thấy trang"), "soft_404"),
    "deleted": (page("<p>Bài viết đã bị xóa.</p>", "Báo Ví Dụ"), "soft_404"),
    "with teasers": (page(f"<h1>Bài viết không tồn tại</h1>{teasers(9)}", "Bài viết không tồn tại"), "soft_404"),
    "English": (
        page("<h1>Page not found</h1><p>The page you are looking for might have been removed, had its name changed, or "
             "is temporarily unavailable.</p>", "Page not found | Portal"), "soft_404",
    ),
    "SharePoint's label": (page('<span id="ctl00_lblItemDoesNotExist">Bài viết này không tồn tại!</span>'), "soft_404"),
    "Liferay": (bare("<h3>Không tìm thấy</h3><p>Tài nguyên được yêu cầu không tìm thấy.</p>"), "soft_404"),
    "no result": (page("<h1>Tìm kiếm</h1><p>Không tìm thấy kết quả nào phù hợp với từ khóa.</p>"), "soft_404"),
    "title alone": (bare("<div></div>", "404 Not Found"), "soft_404"),
    "Cloudflare": (bare("<noscript>Enable JavaScript and cookies to continue</noscript>", "Just a moment..."), "guard"),
    "Cloudflare's block": (bare(BLOCKED, "Attention Required! | Cloudflare"), "guard"),
    "Incapsula": (bare('<iframe src="/_Incapsula_Resource?x=1">Request unsuccessful.</iframe>'), "guard"),
    "a firewall": (
        bare("The requested URL was rejected. Please consult with your administrator.<br>Your support ID is: 1234"),
        "guard",
    ),
    "a captcha": (bare(f'<form>{p(ROBOT)}<div class="g-recaptcha"></div></form>', "Xác nhận"), "guard"),
    "a captcha without words": (
        bare('<form><input></form><script src="https://www.google.com/recaptcha/api.js"></script>'), "guard",
    ),
    "a captcha in other words": (
        bare(p("Hệ thống phát hiện lưu lượng truy cập bất thường từ địa chỉ của bạn. Xin nhập các ký tự trong hình để "
               "tiếp tục."), "Xác thực"), "guard",
    ),
    "nothing yet": (
        page("<h1>Giới thiệu</h1><p>Nội dung đang được cập nhật. Mời quý vị quay lại sau.</p>"), "no_body",
    ),
    "a cookie's script": (bare('<script>document.cookie="D1N=5f; path=/";location.reload();</script>'), "guard"),
    "maintenance": (bare("<h1>Website đang nâng cấp</h1><p>Xin quý vị quay lại sau ít phút.</p>"), "guard"),
    "maintenance in detail": (bare(UPKEEP, "Website đang bảo trì"), "guard"),
    "ASP.NET": (bare(ASPNET, "Object reference not set to an instance of an object."), "server_error"),
    "nginx": (bare("<h1>502 Bad Gateway</h1><hr>nginx/1.18.0", "502 Bad Gateway"), "server_error"),
    "PHP": (bare("<b>Fatal error</b>: Uncaught PDOException: SQLSTATE[HY000] in /www/db.php:12"), "server_error"),
    "a database": (bare("<h1>Error establishing a database connection</h1>", "Database Error"), "server_error"),
    "a host's notice": (
        bare("<h1>Account Suspended</h1><p>This account has been suspended. Please contact your hosting provider.</p>"),
        "server_error",
    ),
    "a parked domain": (bare("<h1>vidu.vn</h1><p>Tên miền này đang được rao bán. Xin liên hệ.</p>"), "server_error"),
    "a login": (
        page("<h1>Đăng nhập</h1><form><p>Bạn cần đăng nhập để xem nội dung này.</p><input></form>"), "login",
    ),
}  # fmt: skip
NEWS_OF_NOTICES = {
    "of 404": news(p(*PROSE, "Gõ sai địa chỉ thì gặp lỗi 404."), "Lỗi 404 là gì và cách khắc phục"),
    "of what is no more": news(p("Bến đò cũ không tồn tại nữa, bà con qua sông bằng cầu mới.")),
    "of a page taken down": news(p("Trang mạng giả mạo hợp tác xã đã bị xóa, bà con không nên bấm vào tin nhắn lạ."),
                                 "Trang giả mạo đã bị xóa", head=JSONLD),
    "of robots": news(p("Học sinh lớp chín làm con robot gom rác, không phải robot nào cũng cần nhiều tiền.")),
    "of captchas": news(p("Nhiều bà con lúng túng khi gặp ô “Tôi không phải là robot” lúc nộp hồ sơ.", *PROSE)),
    "of maintenance": news(
        p("Cổng thông tin của tỉnh được bảo trì từ 20 giờ ngày 12/7 đến 6 giờ ngày 13/7, các dịch vụ tạm ngừng.",
          "Mong các cơ quan và người dân thông cảm, quay lại sau thời gian trên."), "Thông báo bảo trì Cổng thông tin",
    ),
    "of logins": news(p("Từ ngày mai, bà con phải đăng nhập bằng tài khoản định danh trước khi nộp hồ sơ.")),
    "of an error": news(p(*PROSE), "Đã có lỗi xảy ra trong khâu chấm thi"),
    "of 404, shortly": news(p(*PROSE[:2]), "Lỗi 404 - Nỗi lo của bà con"),
    "of a document": news(p("Văn bản đã hết hạn gồm mười hai nghị quyết của xã.")),
    "of a login, shortly": news(p("Bà con cần đăng nhập để xem kết quả bốc thăm ruộng.")),
    "of what is not known yet": news(p("Cháy chợ huyện lúc năm giờ sáng nay.", "Thông tin đang được cập nhật.")),
    "of a crowded system": news(
        p("Hệ thống đang quá tải nên việc nộp hồ sơ chậm, xã thông báo chiều nay.")
    ),
    "above a captcha": news(p(*PROSE)) + f'<form><div class="g-recaptcha"></div>{p(ROBOT)}</form>',
    "above a login": news(p(*PROSE)) + "<form><p>Bạn cần đăng nhập để gửi bình luận.</p></form>",
    "above a hidden notice": news(p(PROSE[0]) + '<p style="display:none">Trang này không tồn tại.</p>'),
}  # fmt: skip


@pytest.mark.parametrize(("html", "reason"), NOTICES.values(), ids=NOTICES.keys())
def test_a_notice(html: str, reason: str) -> None:
    got = read(html)
    assert got["not_article"] == reason
    assert got["warnings"][-1].startswith(REASONS[reason])


@pytest.mark.parametrize("html", NEWS_OF_NOTICES.values(), ids=NEWS_OF_NOTICES.keys())
def test_news_that_speaks_of_one(html: str) -> None:
    assert kind(html) == "article"


def test_a_listing_beside_a_box_that_asks_for_a_login_is_one() -> None:
    entries = "".join(f'<li><a href="/portal/Pages/Tin-so-{n}.aspx">{head}</a></li>' for n, head in enumerate(HEADS))
    html = page(f"<ul>{entries}</ul><p>Bạn cần đăng nhập để xem lịch công tác.</p>", "Chính trị - Xã hội")
    assert kind(html, "http://www.ninhthuan.gov.vn/chinhquyen/ubnd/Pages/chinh-tri.aspx") == "no_frame"


def test_words_in_a_script_or_a_link_are_no_notice() -> None:
    script = '<script>var words = {"gone": "Nội dung không tồn tại"}</script>'
    link = '<h3><a href="/b.html">Trang phục này không tồn tại trên sàn diễn</a></h3>'
    assert kind(page(f"<p>Tin</p>{script}{link}")) == "no_body"


# --- no text

FILM = '<iframe src="https://www.youtube.com/embed/abc"></iframe>'
ALBUM = "".join(f'<a href="/anh/lon-{n}.jpg"><img src="/anh/{n}.jpg"></a>' for n in range(12))
VIEWER = '<iframe src="/web/viewer.html?file=%2Fupload%2Fke-hoach.pdf"></iframe>'
NO_TEXT = {
    "nothing": (page(""), "no_body"),
    "blanks": (news("<p>&nbsp;</p><p>&nbsp;&nbsp;</p>"), "no_body"),
    "an album": (news(ALBUM), "only_media"),
    "scanned pages": (news('<p><img src="/1.jpg"></p><p><img src="/2.jpg"></p><p>&nbsp;</p>'), "only_media"),
    "a film": (news(FILM), "only_media"),
    "a film above teasers": (page(f"<div><div><h1>Tin</h1>{FILM}</div></div><div>{teasers(9)}</div>"), "only_media"),
    "sound": (news('<audio src="/a.mp3"></audio>'), "only_media"),
    "a viewer": (news(VIEWER), "document_only"),
    "an object": (news('<object data="/upload/tb.pdf" type="application/pdf"></object>'), "document_only"),
    "a link to a file": (news('<a href="/upload/lich-tuan.pdf">Lịch tuần.pdf</a>'), "document_only"),
    "React": (bare('<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>'),
              "needs_script"),
    "Next": (bare('<div id="__next"></div><script src="/_next/main.js"></script>', "Cổng"), "needs_script"),
    "Angular": (bare('<app-root></app-root><script src="main.js"></script>', "Cổng"), "needs_script"),
}  # fmt: skip
KINDS = {
    "a photo story": (news(p(PROSE[0]) + FIGURES), URL, "media"),
    "captions alone": (news(FIGURES), URL, "media"),
    "a film with a sentence": (news(FILM + p(PROSE[0])), URL, "media"),
    "a film in an article": (news(FILM + p(*PROSE)), URL, "article"),
    "pictures in an article": (news(p(*PROSE) + FIGURES), URL, "article"),
    "an advertisement": (news(p(*PROSE)), f"{HOST}/rao-vat/ban-dat-551.html", "advert"),
    "an advertisement, N1": (news(p(*PROSE)), f"{HOST}/thong-tin-quang-cao/202403/may-cay-9344c18/", "advert"),
    "news of advertisements": (news(p(*PROSE)), f"{HOST}/xa-hoi/quang-cao-sai-552.html", "article"),
    "a digest": (news(p(*(f"+ {prose}" for prose in PROSE))), URL, "digest"),
    "a press review": (news(p(*PROSE), "Điểm báo ngày 12/7: Mùa lũ về sớm"), URL, "digest"),
    "a title that begins like one": (news(p(*PROSE), "Điểm tin cậy của nông dân vùng lũ"), URL, "article"),
    "a legal document": (
        news("<table><tr><td>Số ký hiệu</td><td>12/QĐ-UBND</td></tr><tr><td>Ngày ban hành</td><td>12/07/2024</td></tr>"
             "<tr><td>Trích yếu</td><td>Về việc đắp bờ bao vùng trũng</td></tr></table>" + p(*PROSE)), URL, "document",
    ),
    "news of legal documents": (
        news(p("Tờ khai có phần số ký hiệu, ngày ban hành và người ký, điền ở nhà.", *PROSE)), URL, "article",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("html", "reason"), NO_TEXT.values(), ids=NO_TEXT.keys())
def test_a_page_without_a_text(html: str, reason: str) -> None:
    assert kind(html) == reason


def test_the_document_is_named() -> None:
    assert read(news(VIEWER))["warnings"] == [f"the text stands in a document: {HOST}/upload/ke-hoach.pdf"]


def test_a_document_shown_below_a_text_is_an_attachment() -> None:
    assert [each["url"] for each in read(news(p(*PROSE) + VIEWER))["attachments"]] == [f"{HOST}/upload/ke-hoach.pdf"]


@pytest.mark.parametrize(("html", "url", "wanted"), KINDS.values(), ids=KINDS.keys())
def test_the_kind_of_an_article(html: str, url: str, wanted: str) -> None:
    assert kind(html, url) == wanted


# --- no words, no page

TOKENS = " ".join(f"{RANDOM.randrange(2**32):08x}" for _ in range(200))
CHINESE = "<h1>山村居民合力修复被洪水冲毁的堤坝</h1>" + p(
    "今天早上村民们很早就来到田里，重新修筑上周被洪水冲走的堤坝。" * 30
)
THAI = "<h1>ชาวบ้านช่วยกันซ่อมคันดินหลังน้ำท่วม</h1>" + p("เช้านี้ชาวบ้านออกไปที่นาแต่เช้าเพื่อซ่อมคันดิน" * 20)
WORDS = {
    "one token": (news(p(BLOB)), "encrypted"),
    "lines of base64": (news(p(" ".join(re.findall(".{76}", BLOB)))), "encrypted"),
    "hexadecimal": (news(p(TOKENS)), "encrypted"),
    "a long address": (news(p(*PROSE, "Xem https://vidu.vn/?token=" + "ab12" * 160)), "article"),
    "a hash": (news(p(*PROSE, hashlib.sha512(b"").hexdigest())), "article"),
    "codes": (news(p(*PROSE, " ".join(f"A{n}B7" for n in range(30)))), "article"),
    "Chinese": (page(f"<div>{CHINESE}</div>", "山村修堤"), "article"),
    "Thai": (page(f"<div>{THAI}</div>", "ชาวบ้าน"), "article"),
}
FEED = "<channel><item><title>Tin</title><description>" + PROSE[0] + "</description></item></channel></rss>"
HTML = news(p(*PROSE)).encode()
BYTES = {
    "a PDF": (b"%PDF-1.4\n1 0 obj <<a>>", "not_html"),
    "a PDF behind blanks": (b"\r\n  %PDF-1.4\n1 0 obj <<a>>", "not_html"),
    "a PDF behind a BOM": (b"\xef\xbb\xbf%PDF-1.4\n1 0 obj <<a>>", "not_html"),
    "a packed PDF": (gzip.compress(b"%PDF-1.4 <a>"), "not_html"),
    "a Word document": (b"PK\x03\x04\x14\x00<w:p>", "not_html"),
    "a picture": (b"\xff\xd8\xff\xe0\x00\x10JFIF<x>", "not_html"),
    "a film": (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00<moov>", "not_html"),
    "any bytes": (b"<a>" + RANDOM.randbytes(4000), "not_html"),
    "JSON": (json.dumps({"html": p(*PROSE)}).encode(), "not_html"),
    "a feed": (f'<?xml version="1.0"?>\n<!-- a --><rss version="2.0">{FEED}'.encode(), "not_html"),
    "a sitemap": (b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>', "not_html"),
    "XHTML": (b'<?xml version="1.0" encoding="utf-8"?>\n' + HTML, "article"),
    "a brace before the page": (b"{{ header }}" + HTML, "article"),
    "blanks before the page": (b"\xef\xbb\xbf\n\n\t" + HTML, "article"),
    "gzip": (gzip.compress(HTML), "article"),
    "gzip in gzip": (gzip.compress(gzip.compress(HTML)), "article"),
    "gzip in members": (gzip.compress(HTML[:80]) + gzip.compress(HTML[80:]) + b"\0\0", "article"),
    "gzip in too many members": (gzip.compress(b"<p>") * 2000, "too_large"),
    "nothing but blanks": (b"\0\0 \n", "empty"),
    "UTF-16": (news(p(*PROSE)).encode("utf-16"), "article"),
}


@pytest.mark.parametrize(("html", "wanted"), WORDS.values(), ids=WORDS.keys())
def test_words_or_none(html: str, wanted: str) -> None:
    assert kind(html) == wanted


@pytest.mark.parametrize(("body", "wanted"), BYTES.values(), ids=BYTES.keys())
def test_bytes(body: bytes, wanted: str) -> None:
    assert kind(body) == wanted


# --- what follows


@pytest.mark.parametrize(
    ("reason", "article", "other"),
    [
        ("guard", "failed", "failed"), ("server_error", "failed", "failed"), ("soft_404", "gone", "gone"),
        ("login", "skipped", "skipped"), ("only_media", "skipped", "skipped"), ("document_only", "skipped", "skipped"),
        ("needs_script", "failed", "skipped"), ("many_articles", "failed", "skipped"), ("no_body", "failed", "skipped"),
        ("not_html", "skipped", "skipped"), ("truncated", "failed", "failed"),
    ],
)  # fmt: skip
def test_what_a_crawl_does(reason: str, article: str, other: str) -> None:
    assert (outcome_of(reason, "article"), outcome_of(reason, "page")) == (article, other)
    assert look_outcome_of(reason) == article


def test_where_many_pages_have_no_text_the_rules_are_suspected() -> None:
    assert {"only_media", "document_only"} == SUSPECT - BREAKAGE
    assert SUSPECT < UNREAD
    assert REASONS.keys() >= BREAKAGE | SUSPECT


def test_a_listing_under_an_open_address_is_walked() -> None:
    assert [is_listing("many_articles", given) for given in ("page", "article")] == [True, False]
    assert not is_listing("guard", "page")


def test_the_documents_list_every_reason() -> None:
    for document in ("extraction.md", "article-format.md"):
        text = (Path(__file__).parents[1] / "docs" / document).read_text("utf-8")
        assert [reason for reason in REASONS if f"| `{reason}` |" not in text] == []


@pytest.mark.parametrize("path", ["/2024/05/12/tin-5512.html", "/tin-5512.html"])
def test_a_day_in_the_address_dates_no_notice(path: str) -> None:
    html = page("<h1>Thông báo</h1><p>Bài viết bạn đang tìm không còn tồn tại trên hệ thống của báo.</p>")
    assert kind(html, HOST + path) == "soft_404"
