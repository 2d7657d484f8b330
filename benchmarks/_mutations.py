"""Mutants: small changes of a module's source, each of which some test should notice.

They are made of the syntax tree, but as changes of the text, so that everything else
stays as it is: statements are deleted, operators exchanged, conditions negated,
constants moved, indices and ends of slices dropped. Left out is what cannot be noticed
(docstrings, texts of errors, type hints) and what stops every program (the only
assignment of a name).
"""

import ast
from itertools import pairwise
from typing import NamedTuple

OPERATORS = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
}
# Each comparison: its text, the same with the other edge, its opposite.
COMPARISONS = {
    ast.Lt: ("<", "<=", ">="),
    ast.LtE: ("<=", "<", ">"),
    ast.Gt: (">", ">=", "<="),
    ast.GtE: (">=", ">", "<"),
    ast.Eq: ("==", None, "!="),
    ast.NotEq: ("!=", None, "=="),
    ast.Is: ("is", None, "is not"),
    ast.IsNot: ("is not", None, "is"),
    ast.In: ("in", None, "not in"),
    ast.NotIn: ("not in", None, "in"),
}
NAMES = [
    ("argmin", "argmax"),
    ("minimum", "maximum"),
    ("min", "max"),
    ("any", "all"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
]
EXCHANGED = dict(NAMES) | {b: a for a, b in NAMES}
WORDS = {"left": "right", "right": "left"}
DROPPED_CALLS = ("copy", "astype")
UNSEEN_KEYWORDS = ("strict", "copy")  # a check of ourselves; memory
KEPT_KEYWORDS = (None, "axis", "keepdims", *UNSEEN_KEYWORDS)


class Mutant(NamedTuple):
    """One change of one module."""

    module: str  # file name in the folder of the core
    line: int
    kind: str
    scope: str  # dotted name of the function or class, empty outside of them
    before: str  # the line, or the statement where it has several
    after: str
    start: int  # bytes of the source
    stop: int
    new: str
    first: int  # lines that are run if the change is
    last: int


class Source:
    """Text and tree of a module."""

    def __init__(self, module, text):
        self.module, self.bytes = module, text.encode()
        self.tree = ast.parse(text)
        self.lines = self.bytes.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def span(self, node):
        """First byte of a node, and the one after it."""
        return (
            self.starts[node.lineno - 1] + node.col_offset,
            self.starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def text(self, start, stop):
        """A part of the source."""
        return self.bytes[start:stop].decode()

    def of(self, node):
        """The source of a node."""
        return self.text(*self.span(node))

    def changed(self, start, stop, new):
        """The whole with one part changed."""
        return self.bytes[:start] + new.encode() + self.bytes[stop:]

    def lines_changed(self, start, stop, new):
        """The lines of a part, as they are and as they become, without breaks."""
        first = max(s for s in self.starts if s <= start)
        last = min(s for s in self.starts if s >= stop)
        before = self.text(first, last)
        after = self.text(first, start) + new + self.text(stop, last)
        return " ".join(before.split()), " ".join(after.split())


def mutants(module, text):
    """List of all mutants of a module, in the order of its text."""
    source, found = Source(module, text), []
    for node, scope, statement, bound, condition in walk(source.tree):
        for kind, start, stop, new in changes(source, node, bound, condition):
            before, after = source.lines_changed(start, stop, new)
            line = source.bytes[:start].count(b"\n") + 1
            lines = executed(source, scope, statement)
            names = ".".join(s.name for s in scope)
            found.append(
                Mutant(
                    module, line, kind, names, before, after, start, stop, new, *lines
                )
            )
    found = [m for m in found if compiles(source.changed(m.start, m.stop, m.new))]
    return sorted(found, key=lambda m: (m.start, m.stop, m.kind, m.new))


def compiles(source):
    """Whether a source is one of Python."""
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def executed(source, scope, statement):
    """First and last line of what runs if a statement does.

    What runs when the module is imported shows in the functions or classes it is of.
    """
    if not scope:
        return 1, len(source.lines)
    if statement is scope[-1] or isinstance(scope[-1], ast.ClassDef):
        return scope[-1].lineno, scope[-1].end_lineno
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body else statement.end_lineno
    return statement.lineno, max(last, statement.lineno)


def walk(tree):
    """Yield (node, scope, statement, names bound before, whether it is a condition)."""

    def visit(node, scope, statement, bound, condition):
        if is_skipped(node):
            return
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            scope, statement = (*scope, node), node
            bound = {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
        elif isinstance(node, ast.stmt):
            statement = node
        yield node, scope, statement, frozenset(bound), condition
        for field, child in children(node):
            negated = field == "test" or (
                field == "ifs" and isinstance(node, ast.comprehension)
            )
            yield from visit(child, scope, statement, bound, negated)
        if isinstance(node, ast.stmt):
            bound |= {
                n.id
                for n in ast.walk(node)
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            }

    for node in tree.body:
        yield from visit(node, (), node, set(), False)


def children(node):
    """Pairs (field, child) that may be changed: no hints, decorators or messages."""
    unseen = {"annotation", "returns", "decorator_list", "exc", "bases"}
    for field, value in ast.iter_fields(node):
        if field not in unseen:
            values = value if isinstance(value, list) else [value]
            yield from ((field, v) for v in values if isinstance(v, ast.AST))


def is_skipped(node):
    """Docstrings, formatted texts, imports, keywords that change nothing one sees."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.keyword) and node.arg in UNSEEN_KEYWORDS:
        return True
    return isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom)


def changes(source, node, bound, condition):
    """Yield (kind, start, stop, new text) of a node."""
    if condition:
        yield "negate", *source.span(node), f"(not ({source.of(node)}))"
    if isinstance(node, ast.stmt):
        yield from statement_changes(source, node, bound)
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        old, new = OPERATORS[type(node.op)]
        yield "operator", *between(source, node.left, node.right, old, new)
    elif isinstance(node, ast.Compare):
        yield from comparison_changes(source, node, condition)
    elif isinstance(node, ast.BoolOp):
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        text, values = source.of(node.values[0]), node.values
        for left, right in pairwise(values):
            text += between(source, left, right, old, new)[2] + source.of(right)
        yield "boolean", *source.span(node), text
    elif isinstance(node, ast.UnaryOp):
        yield "sign", *source.span(node), source.of(node.operand)
    elif isinstance(node, ast.Constant):
        yield from constant_changes(source, node)
    elif isinstance(node, ast.Slice):
        yield from slice_changes(source, node)
    elif isinstance(node, ast.Attribute | ast.Name):
        yield from name_changes(source, node)
    elif isinstance(node, ast.Subscript):
        if isinstance(node.ctx, ast.Load) and is_name(node.slice):
            yield "index", *source.span(node), source.of(node.value)
    elif isinstance(node, ast.Call):
        yield from call_changes(source, node)


def statement_changes(source, node, bound):
    """Delete a statement; accumulate otherwise."""
    if is_deletable(node, bound):
        yield "delete", *source.span(node), "pass"
    if isinstance(node, ast.AugAssign):
        if type(node.op) in OPERATORS:
            old, new = OPERATORS[type(node.op)]
            yield (
                "operator",
                *between(source, node.target, node.value, f"{old}=", f"{new}="),
            )
        text = source.text(source.span(node.target)[1], source.span(node.value)[0])
        operator = text.strip().removesuffix("(").strip()
        yield "assign", *between(source, node.target, node.value, operator, "=")


def is_deletable(node, bound):
    """Whether a program without the statement may run."""
    if isinstance(node, ast.Assign):
        target = node.targets[0]
        if isinstance(target, ast.Tuple):
            target = target.elts[0]
        return isinstance(target, ast.Subscript) or (
            isinstance(target, ast.Name) and target.id in bound
        )
    return isinstance(
        node, ast.AugAssign | ast.Expr | ast.Raise | ast.Break | ast.Continue
    )


def comparison_changes(source, node, condition):
    """The other edge, and the opposite where that is not the negated condition."""
    operands = [node.left, *node.comparators]
    for left, right, op in zip(operands, operands[1:], node.ops, strict=False):
        old, edge, opposite = COMPARISONS[type(op)]
        if edge:
            yield "edge", *between(source, left, right, old, edge)
        if not condition or len(node.ops) > 1:
            yield "opposite", *between(source, left, right, old, opposite)


def constant_changes(source, node):
    """0 and 1, false and true exchanged; other numbers moved."""
    value = node.value
    if isinstance(value, bool):
        new = not value
    elif isinstance(value, int):
        new = 1 - value if value in (0, 1) else value + 1
    elif isinstance(value, float):
        new = 2 * value if value else 1.0
    elif isinstance(value, str) and value in WORDS:
        new = WORDS[value]
    else:
        return
    yield "constant", *source.span(node), repr(new)


def slice_changes(source, node):
    """Drop each end, and the step."""
    start, stop = source.span(node)
    parts = [node.lower, node.upper, node.step]
    for i, part in enumerate(parts):
        if part is None:
            continue
        rest = [
            "" if p is None or j == i else source.of(p) for j, p in enumerate(parts)
        ]
        yield "slice", start, stop, ":".join(rest if rest[2] else rest[:2])


def name_changes(source, node):
    """Exchange functions, drop transposition."""
    start, stop = source.span(node)
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id in EXCHANGED:
            yield "name", start, stop, EXCHANGED[node.id]
    elif node.attr in EXCHANGED:
        yield "name", stop - len(node.attr), stop, EXCHANGED[node.attr]
    elif node.attr == "T":
        yield "transpose", start, stop, source.of(node.value)


def call_changes(source, node):
    """Drop a method that copies, and keywords."""
    if isinstance(node.func, ast.Attribute) and node.func.attr in DROPPED_CALLS:
        yield "call", *source.span(node), source.of(node.func.value)
    whole = [*node.args, *node.keywords]
    for i, keyword in enumerate(whole):
        if isinstance(keyword, ast.keyword) and keyword.arg in KEPT_KEYWORDS:
            continue
        if isinstance(keyword, ast.keyword):
            start = source.span(whole[i - 1])[1] if i else source.span(keyword)[0]
            yield "keyword", start, source.span(keyword)[1], ""


def is_name(node):
    """Whether an index is the name of something, such as an order."""
    return isinstance(node, ast.Name | ast.Attribute)


def between(source, left, right, old, new):
    """The text between two nodes, with an operator exchanged."""
    start, stop = source.span(left)[1], source.span(right)[0]
    return start, stop, source.text(start, stop).replace(old, new, 1)
