"""The layers of a fitted network and their sizes, as a table."""

from html import escape
from typing import NamedTuple


class Layer(NamedTuple):
    """A line of the table."""

    name: str
    arrays: str  # names and shapes
    n_parameters: int


class Summary:
    """Layers of a network; printed as a table, and shown as one in notebooks.

    Parameters
    ----------
    title : str
        What is above the table.
    parameters : dict of str -> ndarray
        Arrays by dotted name.

    Attributes
    ----------
    layers : list of (name, arrays, n_parameters)
        The lines of the table: dotted name of a layer, its arrays with their shapes,
        and how many numbers they hold.
    n_parameters : int
        All of them.
    """

    header = "layer", "arrays", "parameters"

    def __init__(self, title, parameters):
        self.title = title
        layers = {}  # whose arrays need not be neighbours in a layout
        for name, array in parameters.items():
            layer, _, own = name.rpartition(".")
            layers.setdefault(layer, {})[own] = array
        self.layers = [_layer(name, arrays) for name, arrays in layers.items()]
        self.n_parameters = sum(layer.n_parameters for layer in self.layers)

    def _lines(self):
        """Cells of all lines, the total last."""
        total = Layer("all", "", self.n_parameters)
        return [(n, a, f"{count:,}") for n, a, count in [*self.layers, total]]

    def __repr__(self):
        lines = [self.header, *self._lines()]
        first, second, third = (
            max(map(len, column)) for column in zip(*lines, strict=True)
        )
        head, *layers, total = (
            f"{a:<{first}}  {b:<{second}}  {c:>{third}}" for a, b, c in lines
        )
        rule = "-" * len(head)
        return "\n".join([self.title, rule, head, rule, *layers, rule, total])

    def _repr_html_(self):
        def row(cells, tag):
            return "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells)

        head = f"<thead><tr>{row(self.header, 'th')}</tr></thead>"
        body = "".join(f"<tr>{row(cells, 'td')}</tr>" for cells in self._lines())
        return (
            f"<table><caption>{escape(self.title)}</caption>{head}"
            f"<tbody>{body}</tbody></table>"
        )


def _layer(name, arrays):
    """A line, of the arrays of a layer by their names."""
    shapes = ", ".join(f"{own} {array.shape}" for own, array in arrays.items())
    return Layer(name, shapes, sum(array.size for array in arrays.values()))
