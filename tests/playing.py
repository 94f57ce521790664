"""A practical run without a browser: what a learner sets is set, and the cells that depend on it run again."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from marimo._ast.cell import CellImpl
from marimo._runtime.dataflow import topological_sort

from vitreous.study.figures import Figure


class Playing:
    """A practical that has run once, at rest."""

    def __init__(self, path: Path) -> None:
        spec = importlib.util.spec_from_file_location(f"practical_{path.parts[-3]}_{path.parts[-2]}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.outputs, defined = module.app.run()
        self._names: dict[str, Any] = {"__name__": spec.name, "__file__": str(path), **defined}
        self._graph = module.app._graph
        elements = {
            name: value for name, value in defined.items() if isinstance(getattr(value, "widget", None), Figure)
        }
        self.figures: dict[str, Figure] = {element.widget.spec["name"]: element.widget for element in elements.values()}
        self._variables = {element.widget.spec["name"]: variable for variable, element in elements.items()}

    @property
    def cells(self) -> list[CellImpl]:
        """Its cells."""
        return list(self._graph.cells.values())

    def settings(self) -> Iterator[tuple[str, str, Any]]:
        """Each figure, control and extreme of it, one at a time."""
        for name, figure in self.figures.items():
            for control, item in figure._controls.items():
                for extreme in item.extremes():
                    yield name, control, extreme

    def play(self, name: str, **settings: Any) -> None:
        """Set some of a figure's settings as a browser does, the others at rest, and run what depends on them."""
        figure = self.figures[name]
        figure.set_state({"values": {**figure.spec["rest"], **settings}})
        source = next(iter(self._graph.get_defining_cells(self._variables[name])))
        for cell in topological_sort(self._graph, self._graph.descendants(source) - {source}):
            self._run(self._graph.cells[cell])

    def _run(self, cell: CellImpl) -> None:
        if cell.body is not None:
            exec(cell.body, self._names)  # noqa: S102
        if cell.last_expr is not None:
            eval(cell.last_expr, self._names)  # noqa: S307
