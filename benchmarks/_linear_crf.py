"""The usual baseline of tagging: a linear CRF with features of words and neighbours."""

from sklearn_crfsuite import CRF

from sklearn_rnn.vectorizer import affix_features


def described(sentence):
    """Features of each word: its own, words two places around, shapes one around."""
    own = [affix_features(word, max_prefix=4, max_suffix=4) for word in sentence]
    words = ["<s>", "<s>", *(word.lower() for word in sentence), "</s>", "</s>"]
    shapes = ["<s>", *(features[-1] for features in own), "</s>"]
    return [
        [
            "bias",
            *features,
            *(f"word[{j}]={words[i + 2 + j]}" for j in (-2, -1, 1, 2)),
            *(f"shape[{j}]={shapes[i + 1 + j]}" for j in (-1, 1)),
        ]
        for i, features in enumerate(own)
    ]


class LinearCRF:
    """Fit and predict on lists of words, as in scikit-learn."""

    def __init__(self, max_iterations):
        self.crf = CRF(
            c1=0.05,
            c2=0.1,
            max_iterations=max_iterations,
            all_possible_transitions=True,
        )

    def fit(self, sentences, tags):
        """Learn from lists of words."""
        self.crf.fit([described(words) for words in sentences], tags)
        return self

    def predict(self, sentences):
        """Tags of lists of words."""
        return self.crf.predict([described(words) for words in sentences])
