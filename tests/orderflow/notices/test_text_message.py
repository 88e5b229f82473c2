"""Texts that fit one SMS."""

from hypothesis import given
from hypothesis import strategies as st

from orderflow.notices.text_message import gsm_text, septets, text_message


@given(st.text(min_size=1), st.lists(st.text(), max_size=3))
def test_a_text_message_always_fits_one_segment(first, rest):
    assert septets(text_message(first, *rest)) <= 160


@given(st.text())
def test_a_text_message_holds_only_characters_every_phone_has(text):
    assert gsm_text(gsm_text(text)) == gsm_text(text)
    assert "ф" not in gsm_text(text + "ф")


def test_a_link_that_does_not_fit_is_left_out_whole():
    link = "https://track.example.com/" + "a" * 100
    assert text_message("Shipped.", link) == f"Shipped. {link}"
    assert text_message("Shipped by a very long name. " * 3, link) == ("Shipped by a very long name. " * 3)


def test_a_sentence_that_is_too_long_is_cut_and_says_so():
    told = text_message("x" * 200)
    assert told == "x" * 157 + "..."


def test_typographic_characters_become_plain_ones():
    assert gsm_text("Jan 18–20 “café” Zoë Łódź") == 'Jan 18-20 "café" Zoe ?odz'
    assert septets("€") == 2
