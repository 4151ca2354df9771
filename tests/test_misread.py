"""Which encoding a text was written in: strong evidence is needed, and other languages are never touched."""

from __future__ import annotations

import doctest
from types import ModuleType
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newscrawl.words.capitals
import newscrawl.words.syllables
from newscrawl.words.encodings import CHARSETS, TWICE_UTF8
from newscrawl.words.misread import gain, judge, may_be_misread, reread
from newscrawl.words.syllables import is_syllable
from tests.oldletters import WRITTEN, windows

BY_NAME = {charset.name: charset for charset in (*CHARSETS, TWICE_UTF8)}
TEXT = (
    "Sáng nay, mưa lớn ở thượng nguồn làm nước sông dâng nhanh, nhiều hộ dân trong xóm phải kê đồ đạc lên cao và đưa "
    "người già, trẻ nhỏ đến nhà văn hóa ấp. Ông Lê Văn Bền cho biết địa phương đã huy động hơn hai trăm người đắp lại "
    "đoạn đê bị sạt lở, dự kiến hoàn thành trước chiều tối. Bà con rất lo vì lúa sắp chín, nhưng đến trưa mực nước đã "
    "rút được gần nửa mét. Trường học ở cuối xóm đóng cửa hai ngày; thầy cô mang sách vở gửi ở chùa. Chợ vẫn họp dưới "
    "gốc đa, rau muống và cá linh được bán rẻ hơn mọi hôm, và lũ trẻ thì mải miết thả diều trên triền đê cũ."
)
SENTENCES = TEXT.split(". ")
# Written for this test, in languages with the letters that old encodings use.
OTHERS = {
    "French": (
        "Dès l’été, les élèves de l’école ont appris à réparer le vieux pont près du marché. « C’était long, même"
        " très long », a dit le maître, mais où serait le village sans passage ? Ça valait la peine, à n’en pas "
        "douter."
    ),
    "German": (
        "Über Nacht fiel so viel Schnee, dass die Züge nördlich der Brücke stehen blieben. Ärgerlich für Schüler "
        "und Lehrer, schön für die Bäcker: Vor den Türen standen früh schon große Körbe mit süßen Brötchen."
    ),
    "Danish": (
        "På øen går alle på samme måde: først til åen, så op ad bakken til møllen. Æbler må man tage, når de er "
        "røde, og om søndagen får børn og dyr lov at køre med på den gamle færge."
    ),
    "Icelandic": (
        "Það var kalt í gær og við sáum að áin hafði frosið. Ég sagði þá að nú væri ráð að bíða, því að ísinn er "
        "ótraustur á vorin. Öll börnin í þorpinu fóru þó út á hann og höfðu gaman af."
    ),
    "Spanish": (
        "El niño más pequeño del año pasado ya sabía más que los demás: quién pidió pan, cuándo cayó la lluvia y "
        "por qué el señor Núñez cerró la panadería. Mañana, ¡qué alegría!, abrirá de nuevo."
    ),
    "Italian": (
        "La città è già più tranquilla: perché? Può darsi che lunedì, così come martedì, il caffè della libertà "
        "sia chiuso; però là, più giù, c’è già chi dà il tè ai più piccoli e non si sa né chi né come."
    ),
    "Portuguese": (
        "À tarde, as mães e os irmãos já não estão à janela: vão à praça, há música e maçãs. Três cães dormem lá "
        "no chão, e o avô pôs à mão o pão de amanhã. Não há pressa, só sol e água."
    ),
    "Turkish": (
        "Çocuklar gölün kıyısında büyük bir gün geçirdi; öğleden sonra güneş çıkınca ağaçların altında çay "
        "içtiler. Üç kız kardeş Çınar köyüne yürüdü, dönüşte yağmur başladı."
    ),
    "Polish": (
        "Późną jesienią żołnierze łódką wrócili do źródła rzeki; gęś i wąż już spały. Ślepy młynarz mówił, że "
        "śnieg będzie później, a chłopcy łapali światło w szkło."
    ),
    "English": (
        "The café’s façade was painted by Ms. Müller – “naïve”, said the El Niño expert from Córdoba – with 5 µg "
        "of pigment per m² and a ® sign. Temperatures rose to 30°C; Søren and Ólafur disagreed over the £5 coupé."
    ),
}
OTHERS["English in quotes"] = "Press “U”, “i”, ‘c’ or «n», then “a” – or ‘o’ –, “to” end: “e”! «s» ‘t’ “m” ‘n’ “h” ‘y’"
ENCODED = {
    "Chinese": ("gbk", "清晨河水上涨，村民们把家具搬到高处，老人和孩子去了学校。下午雨停了，大家一起修好了堤坝。"),
    "Chinese in Big5": (
        "big5",
        "清晨河水上漲，村民們把家具搬到高處，老人和孩子去了學校。下午雨停了，大家一起修好了堤壩。",
    ),
    "Thai": ("tis-620", "เช้านี้น้ำในแม่น้ำสูงขึ้น ชาวบ้านช่วยกันซ่อมคันดิน เด็กและคนแก่ไปอยู่ที่โรงเรียน ตอนบ่ายฝนหยุดตก"),
    "Russian": ("cp1251", "Утром вода в реке поднялась, и жители села вместе чинили дамбу. К вечеру дождь кончился."),
    "Greek": ("cp1253", "Το πρωί το νερό του ποταμού ανέβηκε και οι κάτοικοι έφτιαξαν μαζί το ανάχωμα."),
    "Japanese": ("shift_jis", "朝、川の水が増え、村の人々は一緒に堤防を直した。午後には雨がやんだ。"),
    "Korean": ("euc_kr", "아침에 강물이 불어나 마을 사람들이 함께 둑을 고쳤다. 오후에는 비가 그쳤다."),
    "Czech": ("cp1250", "Včera večer přišla povodeň a všichni šli k řece; děti a staří lidé čekali ve škole."),
}
SEEN_AS = {name: "".join(map(windows, text.encode(codec))) for name, (codec, text) in ENCODED.items()}


@pytest.mark.parametrize("module", [newscrawl.words.syllables, newscrawl.words.capitals], ids=["syllables", "capitals"])
def test_examples_in_the_docstrings(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_all_of_a_vietnamese_text_are_syllables() -> None:
    words = TEXT.replace(",", "").replace(".", "").replace(";", "").split()
    assert [word for word in words if not is_syllable(word)] == []
    assert [word for word in words if not is_syllable(normalize("NFD", word).upper())] == []


@pytest.mark.parametrize("name", WRITTEN)
def test_each_encoding_is_known_and_read(name: str) -> None:
    written = [WRITTEN[name](sentence) for sentence in SENTENCES]
    assert may_be_misread(" ".join(written))
    found = judge(written)
    assert found is not None
    assert (found.charset.name, found.sure) == (name, True)
    assert ". ".join(reread(sentence, found.charset) for sentence in written) == TEXT


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(WRITTEN)), st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=3, unique=True))
def test_two_sentences_are_enough(name: str, sentences: list[str]) -> None:
    found = judge(map(WRITTEN[name], sentences))
    assert found is not None
    assert (found.charset.name, found.sure) == (name, True)


@pytest.mark.parametrize("words", range(1, 9))
@pytest.mark.parametrize("name", WRITTEN)
def test_few_words_are_never_read_in_the_wrong_encoding(name: str, words: int) -> None:
    plain = TEXT.replace(",", "").replace(".", "").split()
    for at in range(0, len(plain) - words, 5):
        found = judge([WRITTEN[name](" ".join(plain[at : at + words]))])
        assert found is None or not found.sure or found.charset.name == name


def test_words_that_are_rare_for_vietnamese_are_no_evidence() -> None:
    """In VPS these four would be mạ, gạ, sạ and nạ."""
    assert judge(["Vi må gå hjem, så kan alle hvile, og nå kommer regnet over byen og fjorden."]) is None
    assert judge(["må gå så nå"]) is not None


def test_a_text_that_reads_as_well_as_it_stands() -> None:
    assert judge(["Nhà Müller có bé, tôi là mẹ và hè nào".replace("ẹ", "é")]) is None


def test_too_many_words_that_are_none() -> None:
    """Other letters than those of TCVN3 among its words: a doubt, and no more."""
    found = judge([WRITTEN["TCVN3 (ABC)"](SENTENCES[0]), "Bßµdµ Gßßdµ Mµnß Dßßl Kµßßn Lßlß Pµßµ Rßßrµ Tµßtß Sßµsß"])
    assert found is not None
    assert (found.charset.name, found.sure) == ("TCVN3 (ABC)", False)


@pytest.mark.parametrize("name", OTHERS)
def test_other_languages(name: str) -> None:
    """As they are, each sentence for itself, and as bytes of windows-1252 and of UTF-8 that nobody decoded."""
    text = OTHERS[name]
    assert judge([text]) is None
    assert judge(text.split(". ")) is None
    assert judge(["".join(map(windows, text.encode("cp1252", "replace")))]) is None
    assert judge(["".join(map(windows, text.encode()))]) is None


@pytest.mark.parametrize("name", SEEN_AS)
def test_bytes_of_other_languages(name: str) -> None:
    assert judge([SEEN_AS[name]]) is None
    assert judge(SEEN_AS[name].split()) is None


@pytest.mark.parametrize(
    "text", ["", TEXT, normalize("NFD", TEXT), TEXT.upper(), "là và có hè về xa mà bé", "Tin moi", "®"]
)
def test_vietnamese_in_unicode_is_left_alone(text: str) -> None:
    assert judge([text]) is None
    assert judge(text.split()) is None


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(), max_size=5))
def test_any_texts(texts: list[str]) -> None:
    found = judge(texts)
    for text in texts:
        may_be_misread(text)
        if found:
            gain(text, found.charset)
            reread(text, found.charset)


@pytest.mark.parametrize(
    ("name", "old", "text"),
    [
        ("TCVN3 (ABC)", "Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
        ("TCVN3 (ABC)", "§/c Lª V¨n T¸m, H§ND: 50.000®", "Đ/c Lê Văn Tám, HĐND: 50.000đ"),
        ("TCVN3 (ABC)", "© 2003 » 30°C, 5×3, “TTXVN” – Bé", "© 2003 » 30°C, 5×3, “TTXVN” – Bộ"),
        ("TCVN3 (ABC)", "tr−êng lμ", "trường là"),  # copied from a PDF
        ("TCVN3 (ABC)", "§¶NG Bé TØNH: Hµ NéI n¨m ë", "ĐẢNG BỘ TỈNH: HÀ NỘI năm ở"),
        ("VNI", "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("VNI", "HÑND TÆNH Aán Ñoä", "HĐND TỈNH Ấn Độ"),
        ("VISCII", "“Nam” là nhà “báo", "“Nam” là nhà “báo"),
        ("windows-1258", "ViêòtNam “là”", "ViệtNam “là”"),
        ("UTF-8 decoded twice", "TÃ¢y\u00a0NguyÃªn lÃ\u00a0 nÆ¡i", "Tây\u00a0Nguyên là nơi"),
    ],
)
def test_words_and_signs(name: str, old: str, text: str) -> None:
    assert reread(old, BY_NAME[name]) == text


def test_gain_tells_the_pieces_of_a_mixed_page_apart() -> None:
    charset = BY_NAME["TCVN3 (ABC)"]
    assert gain("Mưa lớn ở thượng nguồn", charset) < 0
    assert gain("các là", charset) < 0
    assert gain(WRITTEN["TCVN3 (ABC)"]("các là"), charset) > 0
    assert gain("Tin moi", charset) == gain("Hóa", charset) == 0
