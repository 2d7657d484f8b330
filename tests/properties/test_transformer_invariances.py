"""What transformers make of a sequence depends on it alone, whatever its form."""

import joblib
import numpy as np
import pytest
from forms import dense_forms, flat_forms  # needs pandas
from hypothesis import given
from hypothesis import strategies as st
from outcomes import assert_same, dense, take
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, PolynomialFeatures
from strategies import documents, object_array, ragged, rectangles, seeds

from sklearn_rnn import (
    FrameTransformer,
    SequenceVectorizer,
    StepwiseTransformer,
    check_sequences,
)

pd = pytest.importorskip("pandas")
EXACT = dict(rtol=0, atol=0)
ROUNDED = dict(rtol=1e-9, atol=1e-9)
DENSE = ragged(can_be_sparse=False, dtypes=["float64"], min_steps=1)


def parts(transformed):
    """What was made of each sequence, without padding."""
    return [dense(x).astype(float) for x in check_sequences(transformed)]


@st.composite
def frame_transformers(draw):
    return FrameTransformer(
        draw(st.integers(1, 4)),
        hop=draw(st.sampled_from([None, 1, 2, 5])),
        differences=draw(st.booleans()),
    )


@st.composite
def stepwise_transformers(draw):
    inner = [None, MinMaxScaler(), MaxAbsScaler(), PolynomialFeatures()]
    return StepwiseTransformer(draw(st.sampled_from(inner)))


transformers = st.one_of(frame_transformers(), stepwise_transformers())


@given(transformers, DENSE, st.data())
def test_mates_and_order(transformer, X, data):
    numbers = st.integers(0, len(X) - 1)
    index = data.draw(st.lists(numbers, min_size=1, max_size=8))
    before = joblib.hash(X)
    expected = parts(transformer.fit(X).transform(X))
    found = parts(transformer.transform(take(X, index)))
    assert_same({"t": found}, {"t": take(expected, index)}, **ROUNDED)
    assert joblib.hash(X) == before


@given(transformers, DENSE, st.data())
def test_forms(transformer, X, data):
    forms = dense_forms(X, n_more=data.draw(st.integers(0, 3)))
    form = forms[data.draw(st.sampled_from(sorted(forms)))]
    expected = parts(transformer.fit(X).transform(X))
    assert_same({"t": parts(transformer.transform(form))}, {"t": expected}, **ROUNDED)
    found = parts(transformer.fit(form).transform(form))
    assert_same({"t": found}, {"t": expected}, **ROUNDED)


@given(transformers, rectangles(dtypes=["float64"]), st.data())
def test_flat_forms(transformer, X, data):
    forms = flat_forms(X)
    form = forms[data.draw(st.sampled_from(sorted(forms)))]
    expected = parts(transformer.fit(X).transform(X))
    found = parts(transformer.fit(form).transform(form))
    assert_same({"t": found}, {"t": expected}, **ROUNDED)


@given(frame_transformers(), ragged(can_be_sparse=False))
def test_frames_of_any_dtype(frames, X):
    found = parts(frames.fit(X).transform(X))
    expected = parts(frames.transform([x.astype(float) for x in X]))
    tolerance = ROUNDED if X[0].dtype != np.float32 else dict(rtol=1e-6, atol=1e-6)
    assert_same({"t": found}, {"t": expected}, **tolerance)


@given(frame_transformers(), DENSE)
def test_frames_by_hand(frames, X):
    """Frames are slices; the last step stands for what is behind the end."""
    hop = frames.hop or frames.width
    for x, found in zip(X, frames.fit(X).transform(X), strict=True):
        change = np.diff(x, axis=0, prepend=x[:1])
        x = np.hstack([x, change]) if frames.differences else x
        expected = []
        for start in range(0, len(x), hop):
            places = np.minimum(np.arange(start, start + frames.width), len(x) - 1)
            expected.append(x[places].ravel())
            if start + frames.width >= len(x):
                break
        assert found.tolist() == np.array(expected).reshape(found.shape).tolist()


# -- text ------------------------------------------------------------------------------


@st.composite
def vectorizers(draw):
    return SequenceVectorizer(
        analyzer="char",
        add_sos=draw(st.booleans()),
        add_eos=draw(st.booleans()),
        max_length=draw(st.sampled_from([None, 3, 5])),
        truncating=draw(st.sampled_from(["pre", "post"])),
        padding=draw(st.sampled_from(["pre", "post"])),
        max_features=draw(st.sampled_from([None, 6])),
    )


@given(vectorizers(), documents(), st.data())
def test_documents_alone(vectorizer, texts, data):
    numbers = st.integers(0, len(texts) - 1)
    index = data.draw(st.lists(numbers, min_size=1, max_size=8))
    X = vectorizer.fit_transform(texts)
    found = vectorizer.transform(take(texts, index))
    assert_same({"t": list(found)}, {"t": take(list(X), index)}, **EXACT)
    assert found.dtype == X.dtype


@given(vectorizers(), documents(), seeds)
def test_vocabulary_in_any_order(vectorizer, texts, seed):
    """But for features that are equally frequent, some of which are left out."""
    vectorizer.set_params(max_features=None)
    vocabulary = vectorizer.fit(texts).vocabulary_
    order = np.random.RandomState(seed).permutation(len(texts))
    assert vectorizer.fit(take(texts, order)).vocabulary_ == vocabulary


@given(vectorizers(), documents())
def test_forms_of_documents(vectorizer, texts):
    X = vectorizer.fit_transform(texts)
    forms = [tuple(texts), object_array(texts), iter(texts)]
    forms += [pd.Series(texts, index=range(len(texts), 0, -1), dtype=object)]
    if isinstance(texts[0], str):
        forms += [np.array(texts), pd.Series(texts)]
    for form in forms:
        again = vectorizer.fit_transform(form)
        assert_same({"t": list(again)}, {"t": list(X)}, **EXACT)


@given(vectorizers(), documents(), st.integers(1, 3))
def test_forms_of_output(vectorizer, texts, n_more):
    """Padding stands where it should, and nothing else differs."""
    X = vectorizer.fit_transform(texts)
    longer = [texts[0][0]] * (X.shape[1] + n_more)
    texts = [*texts, "".join(longer) if isinstance(texts[0], str) else longer]
    X = vectorizer.transform(texts)
    ids = vectorizer.set_params(output="ids").transform(texts)
    one_hot = vectorizer.set_params(output="onehot").transform(texts)
    assert np.array_equal(one_hot.argmax(axis=2), ids)
    assert (one_hot.sum(axis=2) == 1).all()
    pad = vectorizer.vocabulary_[vectorizer.pad_token]
    for row, x in zip(ids, X, strict=True):
        own = x.indices.tolist()
        padding = [pad] * (len(row) - len(own))
        expected = padding + own if vectorizer.padding == "pre" else own + padding
        assert row.tolist() == expected
