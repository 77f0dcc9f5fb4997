"""How large the house is: `python -m benchmarks.house`.

Modules of the service and of the engine, without migrations and without package markers, which hold a docstring at
most. The client is a house of its own.
"""

import ast
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("nanwatch", "monitoring", "ingest", "nantrace", "client/nanwatch_client")
OF_DJANGO = {"Meta", "Command"}  # names that Django asks for


@dataclass(frozen=True)
class Module:
    """One file, as read."""

    path: str
    lines: int
    tree: ast.Module

    @property
    def is_marker(self) -> bool:
        """Whether it does nothing but make its folder a package."""
        return self.path.endswith("__init__.py") and len(self.tree.body) <= 1


def read_modules() -> list[Module]:
    files = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    texts = {str(file.relative_to(ROOT)): file.read_text() for file in files if "migrations" not in file.parts}
    return [Module(path, len(text.splitlines()), ast.parse(text)) for path, text in texts.items()]


def function_lengths(modules: list[Module]) -> list[int]:
    """In lines, from `def` to the last one."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for module in modules for node in ast.walk(module.tree) if isinstance(node, functions)]
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in nodes]


def classes_named_twice(modules: list[Module]) -> dict[str, list[str]]:
    """The paths of each class name that stands more than once."""
    found: dict[str, list[str]] = defaultdict(list)
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and node.name not in OF_DJANGO:
                found[node.name].append(module.path)
    return {name: paths for name, paths in found.items() if len(paths) > 1}


def main() -> None:
    modules = [module for module in read_modules() if not module.is_marker]
    client = [module for module in modules if module.path.startswith("client/")]
    print(f"modules: {len(modules) - len(client)}, and {len(client)} of the client")
    print(f"lines of a module: {_spread([module.lines for module in modules])}")
    print(f"lines of a function: {_spread(function_lengths(modules))}")
    print(f"class names that stand twice: {classes_named_twice(modules) or 'none'}")


def _spread(lengths: list[int]) -> str:
    return f"median {median(lengths):.0f}, 95th percentile {quantiles(lengths, n=20)[-1]:.0f}, {max(lengths)} at most"


if __name__ == "__main__":
    main()
