"""Documents of all kinds of characters, for hypothesis to draw."""

from hypothesis import strategies as st

# What is hard to cut and to join: emoji of several code points, marks on letters, text
# from right to left, letters whose lower case is longer, white space and nothing at
# all, and the names of the special tokens.
HARD = [
    *("👩‍👩‍👧", "🇫🇷", "👍🏽", "e\u0301", "हिन्दी", "שָׁלוֹם", "مرحبا", "\u202e"),
    *("ﬁ", "ß", "İ", "ΑΣ", "ǅ", "\u00a0", "\u2028", "\x00", "\x1c", "\r\n", "\t"),
    *("<pad>", "<unk>", "<sos>", "<eos>", "don't", "l’eau", "3.5", '"', "(", "-", "/"),
]
characters = st.characters(exclude_categories=["Cs"])
# Few letters, so that they come again; and anything.
texts = st.one_of(
    st.text("ab c", max_size=8),
    st.text(characters, max_size=8),
    st.lists(st.sampled_from(HARD), max_size=6).map("".join),
    st.lists(st.sampled_from(HARD), max_size=6).map(" ".join),
)
documents = st.lists(texts, min_size=1, max_size=6)
tokens = st.one_of(st.sampled_from(HARD), st.text(characters, max_size=3))
token_lists = st.lists(st.lists(tokens, max_size=6), min_size=1, max_size=6)
