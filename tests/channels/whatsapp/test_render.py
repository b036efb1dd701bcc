"""Every payload is one that Meta describes, and says all that we wanted to say."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.responses import Button
from bot.channels.whatsapp.choices import numbered, pick, shape
from bot.channels.whatsapp.render import BODY, TEXT, Payload, RenderTexts, payload, split, template
from bot.conversations.models import Contact, Content, FileRef
from facts.base import FactBase
from facts.languages import NAMES
from facts.wording import Wording
from tests.channels.whatsapp.openapi import faults

PERSON = Contact(phone="31612345678")
WORDS = RenderTexts("Kies", "Antwoord met het nummer.", "Door een machine vertaald:")
LETTER = FileRef(filename="brief.pdf", media_type="application/pdf", file="f1")


def made(content: Content, to: Contact = PERSON, words: RenderTexts = WORDS) -> list[Payload]:
    """All payloads of a content; each is held against Meta's description."""
    found = [payload(part, to, words, media="m1", ours="7") for part in split(content, words)]
    for one in found:
        assert faults(one) == [], one
    return found


def buttons(count: int, title: str = "Keuze {}", ident: str = "/kies_{}") -> tuple[Button, ...]:
    return tuple(Button(title.format(number), ident.format(number)) for number in range(1, count + 1))


def body(one: Payload) -> str:
    what = one[one["type"]]
    return what["body"]["text"] if one["type"] == "interactive" else what.get("body", what.get("caption", ""))


def test_a_text_is_one_message_with_our_row_and_the_persons_number() -> None:
    assert made(Content(text="Hallo")) == [
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "31612345678",
            "biz_opaque_callback_data": "7",
            "type": "text",
            "text": {"body": "Hallo", "preview_url": False},
        }
    ]


def test_a_person_without_a_number_is_reached_by_user_id() -> None:
    (one,) = made(Content(text="Hallo"), Contact(user_id="NL.1"))
    assert one["recipient"] == "NL.1" and "to" not in one


def test_a_quoted_message_stands_in_the_context() -> None:
    one = payload(Content(text="Hallo"), PERSON, WORDS, quote="wamid.1")
    assert one["context"] == {"message_id": "wamid.1"} and faults(one) == []


@pytest.mark.parametrize(("count", "kind"), [(1, "button"), (3, "button"), (4, "list"), (10, "list"), (11, "text")])
def test_choices_are_buttons_then_a_list_then_numbers(count: int, kind: str) -> None:
    (one,) = made(Content(text="Kies maar", buttons=buttons(count)))
    assert one.get("interactive", {}).get("type", one["type"]) == kind
    if kind == "text":
        assert "11. Keuze 11" in body(one) and body(one).endswith(WORDS.number)


@pytest.mark.parametrize(
    ("title", "ident", "expected"),
    [
        ("x" * 19 + "{}", "/a{}", "buttons"),
        ("x" * 20 + "{}", "/a{}", "list"),
        ("x" * 23 + "{}", "/a{}", "list"),
        ("x" * 24 + "{}", "/a{}", "numbers"),
        ("Keuze {}", "x" * 255 + "{}", "buttons"),
        ("Keuze {}", "x" * 256 + "{}", "numbers"),
        ("Zelfde", "/a{}", "numbers"),
        ("Keuze {}", "/zelfde", "numbers"),
        ("Keuze {} ", "/a{}", "numbers"),
        ("😀" * 9 + "{}", "/a{}", "buttons"),
        ("😀" * 10 + "{}", "/a{}", "list"),
    ],
)
def test_what_is_over_a_limit_gets_the_next_shape(title: str, ident: str, expected: str) -> None:
    assert shape(buttons(2, title, ident)) == expected
    made(Content(text="Kies", buttons=buttons(2, title, ident)))


def test_the_id_of_a_row_is_shorter_than_that_of_a_button() -> None:
    assert shape(buttons(4, ident="x" * 199 + "{}")) == "list"
    assert shape(buttons(4, ident="x" * 200 + "{}")) == "numbers"


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        (Content(buttons=buttons(3)), 1024),
        (Content(buttons=buttons(5)), 1024),
        (Content(document=LETTER), 1024),
        (Content(document=LETTER, buttons=buttons(2)), 1024),
        (Content(), 4096),
    ],
)
@pytest.mark.parametrize("letter", ["x", "é", "ж", "م"])
def test_a_message_is_as_long_as_meta_allows_and_no_longer(content: Content, limit: int, letter: str) -> None:
    assert len(made(msgspec.structs.replace(content, text=letter * limit))) == 1
    assert len(made(msgspec.structs.replace(content, text=letter * (limit + 1)))) == 2


def test_an_answer_with_its_source_and_buttons_is_one_message_where_it_fits() -> None:
    text = ("Antwoord. " * 60).strip() + "\n\nBron: art. 7 Wml"
    assert len(text) <= BODY
    (one,) = made(Content(text=text, buttons=buttons(3)))
    assert body(one) == text


def test_a_longer_answer_is_cut_at_a_sentence_and_the_buttons_are_on_the_last_part() -> None:
    text = " ".join(f"Dit is zin {'abcdefghij'[n % 10]} volgens art. 23 van de wet." for n in range(40))
    first, last = made(Content(text=text, buttons=buttons(3)))
    assert first["type"] == "text" and last["interactive"]["type"] == "button"
    assert body(first).endswith("wet.") and body(last).startswith("Dit is zin")
    assert f"{body(first)} {body(last)}" == text


def test_a_very_long_text_is_several_messages() -> None:
    text = "\n\n".join(f"Alinea {'abcdefghij'[n % 10]} met wat tekst erin." for n in range(400))
    found = made(Content(text=text, buttons=buttons(12)))
    assert len(found) > 2 and all(len(body(one)) <= TEXT for one in found)
    assert body(found[-1]).endswith(WORDS.number)


def test_a_letter_its_words_and_its_buttons_are_one_message() -> None:
    (one,) = made(Content(text="Hier is de brief.", document=LETTER, buttons=buttons(2)))
    header = one["interactive"]["header"]
    assert header == {"type": "document", "document": {"id": "m1", "filename": "brief.pdf"}}
    (plain,) = made(Content(text="Hier is de brief.", document=LETTER))
    assert plain["document"] == {"id": "m1", "filename": "brief.pdf", "caption": "Hier is de brief."}


def test_a_list_cannot_carry_a_letter_so_that_goes_before_it() -> None:
    first, second = made(Content(text="Kies", document=LETTER, buttons=buttons(5)))
    assert first["type"] == "document" and second["interactive"]["type"] == "list"


def test_an_advisors_name_stands_above_and_the_original_under_the_translation() -> None:
    (one,) = made(Content(text="Goedemorgen", translated="Dzień dobry", translated_to="pl", by="Anna"))
    assert body(one) == "*Anna*\nDzień dobry\n\nDoor een machine vertaald:\nGoedemorgen"


def test_nothing_to_say_is_no_message() -> None:
    assert split(Content(), WORDS) == [] and split(Content(text=" \n"), WORDS) == []


def test_text_from_right_to_left_stays_as_it_is() -> None:
    text = "الحد الأدنى للأجور هو \u206814.71\u2069 يورو في الساعة؟ نعم."
    (one,) = made(Content(text=text, buttons=buttons(2, "زر {}")))
    assert body(one) == text


@pytest.mark.parametrize("typed", ["3", " 3. ", "3)", "(3)", "٣", "۳", "３", "३", "#3", "keuze 3", "Keuze  3"])
def test_a_typed_number_is_the_choice_that_had_it(typed: str) -> None:
    assert pick(Content(text="Kies", buttons=buttons(11)), typed) == "/kies_3"


@pytest.mark.parametrize("typed", ["0", "12", "99", "3 uur", "", "-", "drie", "1 2", "²"])
def test_anything_else_is_no_choice(typed: str) -> None:
    assert pick(Content(text="Kies", buttons=buttons(11)), typed) is None


def test_a_number_is_an_answer_of_its_own_where_no_numbers_were_shown() -> None:
    asked = Content(text="Hoeveel dagen per week?", buttons=buttons(3))
    assert pick(asked, "3") is None and pick(asked, "Keuze 2") == "/kies_2"
    assert pick(Content(text="Hallo"), "3") is None


@pytest.mark.parametrize("language", NAMES)
def test_the_words_added_fit_in_every_language(language: str, base: FactBase) -> None:
    from bot.channels.whatsapp.rules import WhatsAppRules

    added = WhatsAppRules(Wording(base)).words(language)
    assert 0 < len(added.choose) <= 20 and added.number and added.machine
    made(Content(text="x", buttons=buttons(5)), words=added)
    made(Content(text="x", buttons=buttons(12)), words=added)


def test_a_template_has_its_text_on_one_line_and_refuses_what_is_too_long() -> None:
    one = template("advisor_message", "pl", "Dzień dobry.\n\nMam\todpowiedź.", PERSON, ours="7")
    assert one is not None and faults(one) == []
    assert one["template"]["components"][0]["parameters"][0]["text"] == "Dzień dobry. Mam odpowiedź."
    assert template("advisor_message", "pl", "x" * 901, PERSON) is None
    assert template("advisor_message", "pl", " ", PERSON) is None


letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
long_texts = st.text(st.sampled_from("abc. \n?!؟ل م日本жщ😀👩\u200d\u0301é1\u2068\u2069"), max_size=3000) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=300
)
some_buttons = st.lists(st.builds(Button, title=letters, payload=letters), max_size=14).map(tuple)
contents = st.builds(
    Content,
    text=long_texts,
    buttons=some_buttons,
    document=st.none() | st.just(LETTER),
    by=letters,
    translated=letters,
)


@given(contents)
def test_whatever_is_to_be_said_fits_metas_description(content: Content) -> None:
    found = made(content)
    assert bool(found) == bool(
        content.text.strip() or content.buttons or content.document or content.by.strip() or content.translated.strip()
    )
    shown = "".join("".join(body(one) for one in found).split())
    assert "".join(content.text.split()) in shown
    if shape(content.buttons) == "numbers":
        assert "".join(numbered(content.buttons).split()) in shown


@given(contents)
def test_splitting_a_part_again_changes_nothing(content: Content) -> None:
    for part in split(content, WORDS):
        assert split(part, WORDS) == [part]


@given(contents)
def test_the_choices_stand_on_the_last_part_and_can_be_picked_there(content: Content) -> None:
    found = split(content, WORDS)
    if content.buttons:
        assert found[-1].buttons == content.buttons
        assert not any(part.buttons for part in found[:-1])
        if shape(content.buttons) == "numbers":
            titles = {" ".join(button.title.split()).casefold() for button in content.buttons}
            for number, button in enumerate(content.buttons, 1):
                if str(number) not in titles:
                    assert pick(found[-1], str(number)) == button.payload
