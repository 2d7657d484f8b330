"""A thousand malformed inputs, the same each time; `python tests/fuzzing` has more."""

import pytest

pytest.importorskip("pandas")
pytest.importorskip("matplotlib")
pytest.importorskip("sacrebleu")

import verdicts
from fuzz_cases import make_case
from malformed import MUTATIONS

PARTS, SIZE = 20, 50


@pytest.mark.parametrize("part", range(PARTS))
def test_malformed_inputs(part):
    bad = []
    for seed in range(part * SIZE, (part + 1) * SIZE):
        case = make_case(seed)
        verdict = verdicts.judge(case)
        if not verdict.good:
            bad.append((seed, case.target.name, *verdict))
    assert not bad, "\n".join(map(str, bad))


def test_a_number_determines_a_case():
    for seed in range(30):
        one, other = make_case(seed), make_case(seed)
        assert one.target.name == other.target.name
        assert (one.mutated, one.kinds) == (other.mutated, other.kinds)


def test_every_kind_occurs():
    kinds = {kind for seed in range(1000) for kind in make_case(seed).kinds}
    assert kinds >= {*MUTATIONS}
