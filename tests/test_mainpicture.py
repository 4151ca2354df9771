"""The main picture, where it stands with its caption between headline and body on a page that no rule knows."""

from __future__ import annotations

from typing import Any

import pytest

import newscrawl

PROSE = "Sáng nay, bà con hai bên bờ lấy nước vào ruộng sau khi tuyến kênh được vét xong, vụ lúa mới bắt đầu sớm hơn."
CAPTION = "Bà con thôn Phú Nhuận vét kênh."


def read(picture: str) -> dict[str, Any]:
    body = "".join(f"<p>{PROSE} Đó là lần thứ {number}.</p>" for number in range(5))
    html = (
        "<title>Vét kênh đón vụ mới ở Phước Hậu</title><body><div id=x><h1>Vét kênh đón vụ mới ở Phước Hậu</h1>"
        f"<div>20/11/2026 08:15</div>{picture}<div class=nd>{body}</div></div>"
    )
    return newscrawl.extract(html.encode(), "https://bao.example.vn/a-1.html")


@pytest.mark.parametrize(
    "picture",
    [
        f'<figure><img src="/a.jpg"><figcaption>{CAPTION} Ảnh: Thu Khê</figcaption></figure>',
        f'<table><tr><td><img src="/a.jpg"></td></tr><tr><td>{CAPTION} Ảnh: Thu Khê</td></tr></table>',
        f'<div class="anh"><img src="/a.jpg"><p class="caption">{CAPTION} Ảnh: Thu Khê</p></div>',
    ],
)
def test_it_is_kept_with_its_caption(picture: str) -> None:
    got = read(picture)
    assert got["captions"] == [{"text": CAPTION, "credit": "Thu Khê", "image": "https://bao.example.vn/a.jpg"}]
    assert got["images"] == ["https://bao.example.vn/a.jpg"]
    assert got["body"].startswith(PROSE)
    assert CAPTION not in got["body"]


@pytest.mark.parametrize(
    "other",
    [
        '<div class="qc"><a href="/qc"><img src="/qc.jpg"></a></div>',
        '<div class="author"><figure><img src="/tg.jpg"><figcaption>Thu Khê, phóng viên</figcaption></figure></div>',
        '<figure><img src="/tg.jpg"><figcaption>Báo Thử <time>20/11/2026</time></figcaption></figure>',
        f'<div class="hop caption"><img src="/a.jpg">{f"<p>{CAPTION}</p>" * 12}</div>',
    ],
    ids=["advertisement", "author", "date", "long"],
)
def test_other_pictures_are_not(other: str) -> None:
    got = read(other)
    assert got["captions"] == []
