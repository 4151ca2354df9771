"""Parsing: whether bytes are UTF-8 is asked of the parser, and has to be what Python's own decoder says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.words.tree import parse_utf8

PIECES = st.sampled_from([
    "<p>Bến đò</p>", "<a href='sò'>", "𝒳", "tôm ", "<!-- ruộng -->", "<script>đê</script>", "&#xe9;", "<b", "'>",
    "<style>đ", "</p></i></b>", "\ufeff", "<title>ẩ",
])  # fmt: skip


def is_utf8(page: bytes) -> bool:
    try:
        page.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@given(st.lists(PIECES, max_size=30), st.integers(0, 400), st.binary(max_size=3))
def test_the_parser_tells_bytes_that_are_no_utf8(pieces: list[str], at: int, odd: bytes) -> None:
    page = "".join(pieces).encode()
    page = page[:at] + odd.replace(b"\0", b"") + page[at:]
    assert parse_utf8(page)[1] == is_utf8(page)


@pytest.mark.parametrize("tail", ["đê".encode(), b"\xe9", "đê".encode()[:-1]], ids=["whole", "latin-1", "cut"])
@pytest.mark.parametrize("before", [0, 99, 100, 20_000])
def test_so_it_does_where_its_list_of_errors_is_full(before: int, tail: bytes) -> None:
    page = b"<p>" + b"</x>" * before + tail
    assert parse_utf8(page)[1] == is_utf8(page)
