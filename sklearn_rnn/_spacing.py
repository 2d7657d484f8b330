"""What stands between words: learned from text, so that it can be written again."""

from collections import Counter, defaultdict

QUOTE = '"'


def learn_spacing(texts, tokenize):
    """How words and marks stand beside each other, as a dict to be pickled.

    "words" is what usually stands between two words; "before" and "after" are what
    stands before and after each mark, which is a token without letters or digits.
    """
    words, before, after = Counter(), defaultdict(Counter), defaultdict(Counter)
    for text in texts:
        for left, gap, right in _gaps(text, tokenize(text, 0)):
            if not is_mark(gap):  # words that the tokenizer leaves out
                continue
            if is_mark(right):
                before[right][gap] += 1
            if is_mark(left):
                after[left][gap] += 1
            if not (is_mark(left) or is_mark(right)):
                words[gap] += 1
    return {
        "words": _commonest(words, " "),
        "before": {mark: _commonest(found, " ") for mark, found in before.items()},
        "after": {mark: _commonest(found, " ") for mark, found in after.items()},
    }


def is_mark(token):
    """Whether a token has neither letters nor digits."""
    return not any(character.isalnum() for character in token)


def _gaps(text, tokens):
    """Triples (token, what is between, token), as far as tokens are found in a text."""
    if any(token not in text for token in tokens):
        text = text.lower()
    place, left = 0, None
    for token in tokens:
        start = text.find(token, place)
        if start < 0:  # the tokenizer has changed more than capitals
            return
        if left is not None:
            yield left, text[place:start], token
        place, left = start + len(token), token


def _commonest(counts, default):
    return counts.most_common(1)[0][0] if counts else default


def write_spaced(tokens, spacing):
    """Tokens as text. Quotation marks open and close in turn."""
    text, left, quoted = "", None, False
    for token in tokens:
        if left is not None:
            text += _gap(left, token, quoted, spacing)
        text += token
        quoted ^= token == QUOTE
        left = token
    return text


def _gap(left, right, quoted, spacing):
    """What stands between two tokens; ``quoted`` is whether a quotation is open."""
    if right == QUOTE:
        return "" if quoted else spacing["words"]
    if left == QUOTE and quoted:
        return ""
    if right in spacing["before"]:
        return spacing["before"][right]
    if left != QUOTE and left in spacing["after"]:
        return spacing["after"][left]
    return spacing["words"]
