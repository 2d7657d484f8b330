"""The usual baseline of tagging: a linear CRF with features of words and neighbours."""

from sklearn_crfsuite import CRF

from sklearn_rnn.vectorizer import affix_features


def described(sentence):
    """Features of each word: its own, and the words up to two places away."""
    lower = [word.lower() for word in sentence]
    padded = ["<s>", "<s>", *lower, "</s>", "</s>"]
    return [
        [
            "bias",
            *affix_features(word, max_prefix=4, max_suffix=4),
            *(f"word[{j - 2}]={padded[i + j]}" for j in range(5) if j != 2),
            f"words={padded[i + 1]} {padded[i + 2]}",
            f"words={padded[i + 2]} {padded[i + 3]}",
            f"{padded[i + 1]}|{padded[i + 3]}",
        ]
        for i, word in enumerate(sentence)
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
