"""What stands between words is learned, and written again."""

import pickle

import pytest

from sklearn_rnn import SequenceVectorizer
from sklearn_rnn._spacing import is_mark, learn_spacing, write_spaced

TEXTS = {
    "english": ['He said: "well, no!"', "It's well-made (really).", "Why? Because."],
    "french": ["Qu'est-ce que c'est ?", "Non, rien !", 'Il dit : "viens" !'],
    "spanish": ["¿Qué pasa?", "¡Hola, amigo!"],
    "nothing between": ["自然,言語", "自然!"],
    "several spaces": ["a  b  c", "d  e"],
}


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("pattern", [None, r"\w+|[^\w\s]", r"\S+"])
def test_round_trip(texts, pattern):
    options = {} if pattern is None else {"token_pattern": pattern}
    tokenize = SequenceVectorizer(lowercase=False, **options)._tokenizer()
    spacing = pickle.loads(pickle.dumps(learn_spacing(texts, tokenize)))
    written = [write_spaced(tokenize(text, 0), spacing) for text in texts]
    assert written == texts


def test_capitals_do_not_matter():
    tokenize = SequenceVectorizer()._tokenizer()
    spacing = learn_spacing(["Non!", "Oui, non!"], tokenize)
    assert write_spaced(["oui", ",", "oui", "!"], spacing) == "oui, oui!"


def test_tokens_that_are_not_in_the_text_teach_nothing():
    def tokenize(text, index):
        return ["never", "there"]

    assert learn_spacing(["some text"], tokenize)["words"] == " "


def test_words_that_are_left_out_are_not_written():
    def tokenize(text, index):
        return [word for word in text.split() if word != "of"]

    spacing = learn_spacing(["cup of tea", "pot of tea", "hot tea"], tokenize)
    assert write_spaced(["cup", "tea"], spacing) == "cup tea"


def test_marks_that_were_never_seen_stand_alone():
    spacing = learn_spacing(["a b"], lambda text, index: text.split())
    assert write_spaced(["a", "!", "b"], spacing) == "a ! b"
    assert write_spaced([], spacing) == ""


@pytest.mark.parametrize(("token", "mark"), [("a", False), ("7", False), ("é", False)])
def test_words_are_no_marks(token, mark):
    assert is_mark(token) == mark
    assert is_mark("…")
    assert not is_mark("c'est")
