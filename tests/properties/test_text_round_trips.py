"""Text to sequences and back, for documents that hypothesis draws."""

import pickle

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from texts import documents, texts, token_lists

from sklearn_rnn import SequenceVectorizer

OUTPUTS = ["sequences", "ids", "onehot"]
frames = st.fixed_dictionaries(
    {
        "add_sos": st.booleans(),
        "add_eos": st.booleans(),
        "padding": st.sampled_from(["pre", "post"]),
        "output": st.sampled_from(OUTPUTS),
    }
)
cuts = st.fixed_dictionaries(
    {
        "max_length": st.none() | st.integers(3, 9),
        "truncating": st.sampled_from(["pre", "post"]),
    }
)
analyzers = st.sampled_from(["char", "word", str.split])


def dense(X):
    """What a vectorizer gives, as one array."""
    return X.values.toarray() if hasattr(X, "values") else X


def fitted(X, **parameters):
    """A vectorizer, and what it makes of the documents it was fitted to."""
    vectorizer = SequenceVectorizer(**parameters)
    try:
        return vectorizer, vectorizer.fit_transform(X)
    except ValueError as error:
        assume("empty vocabulary" not in str(error))
        raise


def frame_of(vectorizer, tokens):
    """The tokens of a document as its steps should have them."""
    sos = [vectorizer.sos_token] * vectorizer.add_sos
    eos = [vectorizer.eos_token] * vectorizer.add_eos
    if vectorizer.max_length is not None:
        room = vectorizer.max_length - len(sos) - len(eos)
        post = vectorizer.truncating == "post"
        tokens = tokens[:room] if post else tokens[-room:]
    return [*sos, *tokens, *eos]


@given(documents, frames)
def test_characters_come_back_exactly(X, parameters):
    vectorizer, steps = fitted(X, analyzer="char", **parameters)
    assert vectorizer.inverse_transform(steps) == X
    for document in X:
        assert vectorizer.inverse_transform(vectorizer.transform([document])) == [
            document
        ]


@given(documents, texts, frames)
def test_unknown_characters_come_back_as_unknown(X, other, parameters):
    vectorizer, _ = fitted(X, analyzer="char", **parameters)
    known = {*"".join(X)}
    expected = "".join(c if c in known else "<unk>" for c in other)
    assert vectorizer.inverse_transform(vectorizer.transform([other])) == [expected]


@given(token_lists, frames)
def test_lists_come_back_without_padding_start_and_end(X, parameters):
    vectorizer, steps = fitted(X, **parameters)
    silent = ["<pad>"]
    silent += ["<sos>"] * parameters["add_sos"] + ["<eos>"] * parameters["add_eos"]
    expected = [[token for token in tokens if token not in silent] for tokens in X]
    assert vectorizer.inverse_transform(steps) == expected


@given(documents)
def test_words_come_back_as_the_same_words(X):
    """What stands between words is not kept, but they are cut in the same places."""
    vectorizer, steps = fitted(X)
    analyze = vectorizer.build_analyzer()
    written = vectorizer.inverse_transform(steps)
    assert [analyze(text) for text in written] == [analyze(text) for text in X]
    assert_array_equal(dense(vectorizer.transform(written)), dense(steps))
    assert vectorizer.inverse_transform(vectorizer.transform(written)) == written


@given(documents, analyzers, frames, cuts)
def test_steps_are_the_tokens_of_a_document(X, analyzer, frame, cut):
    frame = {**frame, "output": "sequences"}
    vectorizer, steps = fitted(X, analyzer=analyzer, **frame, **cut)
    analyze, names = vectorizer.build_analyzer(), vectorizer.get_feature_names_out()
    assert len(steps) == len(X)
    for text, one in zip(X, steps, strict=True):
        assert (one.toarray().sum(axis=1) == 1).all()
        tokens = names[one.toarray().argmax(axis=1)].tolist()
        assert tokens == frame_of(vectorizer, analyze(text))


@given(documents, analyzers, frames, cuts)
def test_outputs_agree(X, analyzer, frame, cut):
    """Token numbers and one-hot arrays are the sequences, padded."""
    found = {}
    for output in OUTPUTS:
        parameters = {"analyzer": analyzer, **frame, **cut, "output": output}
        vectorizer, found[output] = fitted(X, **parameters)
    steps, ids, one_hot = found.values()
    width = cut["max_length"] or max(steps.lengths)
    assert ids.shape == one_hot.shape[:2] == (len(X), width)
    assert one_hot.dtype == steps.dtype
    assert_array_equal(one_hot, np.eye(one_hot.shape[2])[ids])
    pad = vectorizer.vocabulary_["<pad>"]
    for one, row in zip(steps, ids, strict=True):
        own = one.toarray().argmax(axis=1)
        padding = np.full(width - len(own), pad)
        pre = frame["padding"] == "pre"
        assert_array_equal(row, [*padding, *own] if pre else [*own, *padding])
    texts = [vectorizer.inverse_transform(X) for X in found.values()]
    assert texts[0] == texts[1] == texts[2]


@given(documents, analyzers, frames, cuts, st.integers(1, 3))
def test_fit_and_transform_are_fit_transform(X, analyzer, frame, cut, min_df):
    parameters = {"analyzer": analyzer, **frame, **cut, "min_df": min_df}
    vectorizer, steps = fitted(X, **parameters)
    again = SequenceVectorizer(**parameters).fit(X)
    assert again.vocabulary_ == vectorizer.vocabulary_
    assert_array_equal(dense(again.transform(X)), dense(steps))
    stored = pickle.loads(pickle.dumps(vectorizer))
    assert_array_equal(dense(stored.transform(X)), dense(steps))
    # Nothing of a document depends on those around it.
    alone = [dense(again.transform([document])) for document in X]
    if frame["output"] == "sequences":
        assert_array_equal(np.concatenate(alone), dense(steps))


@given(documents, documents, analyzers, frames, cuts)
def test_a_vocabulary_that_is_given_is_the_one_that_was_learned(
    X, other, analyzer, frame, cut
):
    parameters = {"analyzer": analyzer, **frame, **cut}
    vectorizer, _ = fitted(X, **parameters)
    vocabulary = vectorizer.vocabulary_
    expected = dense(vectorizer.transform(other))
    for given_ in (vocabulary, list(vocabulary)):
        again = SequenceVectorizer(**parameters, vocabulary=given_).fit(other)
        assert again.vocabulary_ == vocabulary
        assert_array_equal(dense(again.transform(other)), expected)


@given(documents, st.integers(1, 4), st.integers(1, 5))
def test_features_that_are_left_out_become_unknown(X, min_df, max_features):
    full, steps = fitted(X, analyzer="char")
    few, fewer = fitted(X, analyzer="char", min_df=min_df, max_features=max_features)
    assert list(few.vocabulary_)[:2] == ["<pad>", "<unk>"]
    kept = {*few.vocabulary_} - {"<pad>", "<unk>"}
    assert kept <= {*full.vocabulary_}
    assert len(kept) <= max_features
    assert_array_equal(fewer.lengths, steps.lengths)
    assert few.inverse_transform(fewer) == [
        "".join(c if c in kept else "<unk>" for c in text) for text in X
    ]
    assert all(sum(c in text for text in X) >= min_df for c in kept)
