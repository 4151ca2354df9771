"""The tables of the old encodings, against charts in another form, against iconv and Python's codecs, and there and
back."""

from __future__ import annotations

import doctest
import shutil
import subprocess
from unicodedata import is_normalized, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newscrawl.words.encodings
from newscrawl.words.encodings import CHARSETS, TWICE_UTF8, Charset, charset_named, latin_letters
from tests.oldletters import TCVN3, TONES, VOWELS, VPS, WRITTEN, rows, to_bytes, viscii, windows

BY_NAME = {charset.name: charset for charset in (*CHARSETS, TWICE_UTF8)}
SMALL = [normalize("NFC", vowel + tone) for vowel in VOWELS for tone in ("", *TONES.values())] + ["đ"]
LETTERS = [letter for each in SMALL for letter in (each, each.upper()) if not letter.isascii()]
WORDS = st.text(st.sampled_from([*LETTERS, *"bcghkmnpqrtxaeiouyBNT"]), min_size=1, max_size=7)


def read(charset: Charset, body: bytes) -> str:
    return charset.read(latin_letters(body).translate(charset.early))


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(newscrawl.words.encodings).failed == 0


def test_the_charts_are_whole() -> None:
    assert len(LETTERS) == 134
    assert set(viscii()) == set(rows(VPS)) == set(LETTERS)
    assert {letter for letter in rows(TCVN3) if letter.islower()} == {each for each in SMALL if not each.isascii()}


@pytest.mark.parametrize(
    ("name", "chart"),
    [("TCVN3 (ABC)", rows(TCVN3)), ("VISCII", viscii()), ("VPS", rows(VPS))],
    ids=lambda x: str(x)[:6],
)
def test_each_letter_of_a_chart(name: str, chart: dict[str, int]) -> None:
    assert {letter: read(BY_NAME[name], bytes([byte])) for letter, byte in chart.items()} == {
        letter: letter for letter in chart
    }


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("name", ["VNI", "windows-1258", "UTF-8 decoded twice"])
def test_each_letter_of_several_bytes(name: str, letter: str) -> None:
    assert BY_NAME[name].read(WRITTEN[name](letter)) == letter


@pytest.mark.parametrize("name", ["TCVN3 (ABC)", "VISCII", "VPS", "windows-1258"])
def test_letters_and_control_codes_of_windows_are_one(name: str) -> None:
    """A page can show a byte from 80 to 9F as windows-1252 does, or as the control code of that number."""
    charset = BY_NAME[name]
    for byte in range(0x80, 0xA0):
        if (letter := charset.read(windows(byte))) != windows(byte):
            assert charset.read(chr(byte)) == letter


def iconv(name: str, byte: int) -> str | None:
    """What glibc (or another iconv) reads; None for a byte that it leaves open. Skips where it lacks the encoding."""
    program = shutil.which("iconv")
    if program is None:
        pytest.skip("there is no iconv")
    done = subprocess.run([program, "-f", name, "-t", "UTF-8"], input=bytes([byte]) + b"|", capture_output=True)
    if b"not supported" in done.stderr or b"unsupported" in done.stderr:
        pytest.skip(f"this iconv has no {name}")
    return None if done.returncode else done.stdout.decode().removesuffix("|")


def test_viscii_against_iconv() -> None:
    found = {byte: read(BY_NAME["VISCII"], bytes([byte])) for byte in [*range(1, 9), *range(14, 256)]}
    assert found == {byte: iconv("VISCII", byte) for byte in found}


def test_tcvn3_against_iconv() -> None:
    """VN3 is a part of TCVN5712-1: small letters, and capitals without tones."""
    chart = rows(TCVN3)
    assert chart == {letter: byte for letter, byte in chart.items() if iconv("TCVN5712-1", byte) == letter}
    found = {byte: read(BY_NAME["TCVN3 (ABC)"], bytes([byte])) for byte in range(0xA0, 0x100)}
    changed = {byte for byte, letter in found.items() if letter != windows(byte)}
    assert changed == {
        byte for letter, byte in chart.items() if letter != windows(byte)
    }  # ý stands where Latin-1 has it


def test_windows_1258_against_python() -> None:
    for byte in range(0x80, 0x100):
        letter = bytes([byte]).decode("cp1258", "ignore") or windows(byte)
        assert read(BY_NAME["windows-1258"], bytes([byte])) == letter


def test_latin_letters_are_those_of_browsers() -> None:
    assert latin_letters(bytes(range(256))) == "".join(map(windows, range(256)))


@pytest.mark.parametrize("name", WRITTEN)
@settings(max_examples=40, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=5).map(" ".join))
def test_there_and_back(name: str, text: str) -> None:
    """By way of bytes. Of TCVN3's capitals with tones there are none: they come back as small letters."""
    back = read(BY_NAME[name], to_bytes(WRITTEN[name](text)))
    if name == "TCVN3 (ABC)":
        back, text = back.lower(), text.lower()
    assert back == text


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_utf8_of_any_text_there_and_back(text: str) -> None:
    assert TWICE_UTF8.read(latin_letters(text.encode())) == normalize("NFC", text)


@pytest.mark.parametrize("charset", BY_NAME.values(), ids=BY_NAME)
@settings(max_examples=50, deadline=None)
@given(word=st.text())
def test_any_word_is_read(charset: Charset, word: str) -> None:
    """In NFC, and ASCII stays what it is."""
    assert is_normalized("NFC", charset.read(word))
    assert charset.read("(a-z, 0-9) Tin moi") == "(a-z, 0-9) Tin moi"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("x-viet-tcvn5712", "TCVN3 (ABC)"), ("TCVN3", "TCVN3 (ABC)"), ("VISCII", "VISCII"), ("x-viet-vps", "VPS"),
        ("x-viet-vni", "VNI"), ("Windows-1258", "windows-1258"), ("utf-8", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_labels(label: str | None, name: str | None) -> None:
    found = charset_named(label)
    assert (found.name if found else None) == name
