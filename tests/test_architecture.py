"""The rules of the tree, held by reading the source: who may import whom, sizes, names, documentation, twins."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "vitreous"
GROUND = ["_typing", "_errors", "_array", "kernels", "fourier", "rotations", "interpolation", "jobs"]
STAGES = [
    *["specimen", "projection", "optics", "detector", "particles"],
    *["classification", "reconstruction", "heterogeneity"],
]
FRONTS = ["show", "cli", "study"]
# notebooks and problems have rules of their own (tests/study/test_curriculum.py), Django writes migrations
ELSEWHERE = {"curriculum", "migrations", "node_modules"}
MODULES = sorted(path for path in SOURCE.rglob("*.py") if not ELSEWHERE & set(path.relative_to(SOURCE).parts))
IDS = [str(path.relative_to(SOURCE)) for path in MODULES]
LIBRARY_OF_ONE = {"array_api_compat": "_array.py", "matplotlib": "show"}


def part_of(path: Path) -> str:
    """The top-level part of the package that a file belongs to: ``fourier``, ``_array`` ..."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """Every module that a file imports, at its top or inside functions, by dotted name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def parts_imported(path: Path) -> set[str]:
    """The parts of the package that a file imports."""
    return {name.split(".")[1] for name in imports_of(path) if name.startswith("vitreous.")} - {"__version__"}


def functions_of(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]


def definitions(body: list[ast.stmt]) -> list[ast.FunctionDef | ast.ClassDef]:
    return [node for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


def names_defined(tree: ast.Module) -> set[str]:
    """The public functions, classes, constants and type names that a module defines at its top."""
    names = {node.name for node in definitions(tree.body)}
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in names if not name.startswith("_")}


def exported(tree: ast.Module) -> list[str] | None:
    """The value of ``__all__``; None where a module has none."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == "__all__":
            return ast.literal_eval(node.value)
    return None


def test_every_part_is_known():
    parts = {part_of(path) for path in MODULES} - {"__init__", "__main__"}
    assert parts <= {*GROUND, *STAGES, *FRONTS}


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_a_part_imports_only_what_comes_before_it(path):
    part = part_of(path)
    if part in STAGES:
        allowed = {*GROUND, *STAGES[: STAGES.index(part) + 1]}
    elif part in GROUND:
        allowed = set(GROUND)
    elif part == "show":
        allowed = {*GROUND, *STAGES, "show"}
    else:
        allowed = {*GROUND, *STAGES, "show", part}
        # two commands open the study and check a learner's function
        allowed |= {"study"} if path.name in {"study.py", "check.py"} else set()
    if part == "__init__":
        allowed = set()
    assert parts_imported(path) <= allowed


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_a_library_of_one_place_is_imported_there_only(path):
    for library, home in LIBRARY_OF_ONE.items():
        if home not in path.relative_to(SOURCE).parts:
            assert library not in {name.split(".")[0] for name in imports_of(path)}


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_sizes(path):
    assert len(path.read_text().splitlines()) <= 600, "a module has at most 600 lines"
    for function in functions_of(path):
        lines = function.end_lineno - function.lineno + 1
        assert lines <= 80, f"{function.name}: a function has at most 80 lines, this one {lines}"
        arguments = function.args
        count = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
        assert count <= 8, f"{function.name}: a function takes at most 8 arguments, this one {count}"


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_all_equals_the_public_names(path):
    tree = ast.parse(path.read_text())
    listed = exported(tree)
    if path.name == "__init__.py":
        imported = {
            alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
        }
        public = {name for name in imported if not name.startswith("_")} | names_defined(tree)
        if path.parent == SOURCE or listed is None:
            return
    else:
        public = names_defined(tree)
    assert listed is not None, "a module lists its public names in __all__"
    assert len(set(listed)) == len(listed)
    assert set(listed) == public


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_public_names_are_documented_and_annotated(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "a module says what it holds"
    for node in definitions(tree.body):
        if node.name.startswith("_"):
            continue
        assert ast.get_docstring(node), f"{node.name} has no docstring"
        methods = definitions(node.body) if isinstance(node, ast.ClassDef) else [node]
        for function in (method for method in methods if isinstance(method, ast.FunctionDef)):
            if function.name.startswith("_"):
                continue
            assert ast.get_docstring(function), f"{node.name}.{function.name} has no docstring"
            assert function.returns is not None, f"{node.name}.{function.name} does not annotate what it returns"
            for argument in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]:
                assert argument.annotation or argument.arg in {"self", "cls"}, (
                    f"{function.name}: {argument.arg} is bare"
                )


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_inheritance_is_shallow(path):
    """No class of ours inherits from a class of ours that inherits from a third of ours."""
    classes = {node.name: node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)}

    def depth(name: str) -> int:
        bases = [base.id for base in classes[name].bases if isinstance(base, ast.Name) and base.id in classes]
        return 1 + max((depth(base) for base in bases), default=0)

    assert all(depth(name) <= 2 for name in classes)


KERNELS = [path for path in MODULES if part_of(path) == "kernels" and not path.name.startswith("_")]


@pytest.mark.parametrize("path", KERNELS, ids=[path.stem for path in KERNELS])
def test_a_kernel_has_a_readable_twin_and_a_parity_test(path):
    stem = path.stem
    twins = [other for other in MODULES if other.stem == stem and part_of(other) != "kernels"]
    assert twins, f"no readable reference called {stem}.py"

    def signatures(module: Path) -> dict[str, list[str]]:
        tree = ast.parse(module.read_text())
        return {
            node.name: [argument.arg for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]]
            for node in definitions(tree.body)
            if isinstance(node, ast.FunctionDef)
        }

    for name in exported(ast.parse(path.read_text())):
        assert any(signatures(twin).get(name) == signatures(path)[name] for twin in twins), f"{name} has no twin"
    assert (ROOT / "tests" / "kernels" / f"test_{stem}.py").exists(), "no parity test"


TESTED = [
    path
    for path in MODULES
    if path.name != "__init__.py" and len(path.relative_to(SOURCE).parts) > 1 and part_of(path) != "kernels"
]


@pytest.mark.parametrize("path", TESTED, ids=[str(path.relative_to(SOURCE)) for path in TESTED])
def test_one_idea_has_one_stem(path):
    relative = path.relative_to(SOURCE)
    test = ROOT / "tests" / relative.parent / f"test_{relative.stem.lstrip('_')}.py"
    assert test.exists(), f"{relative} has no {test.relative_to(ROOT)}"
    wanted = f"vitreous.{relative.parts[0]}"
    assert any(name.startswith(wanted) for name in imports_of(test)), f"{test.name} never imports {wanted}"


def test_importing_the_package_is_cheap():
    code = (
        "import sys, time; start = time.perf_counter(); import vitreous; took = time.perf_counter() - start;"
        "heavy = {'torch', 'matplotlib', 'django', 'numba', 'scipy'} & set(sys.modules);"
        "sys.exit(f'{took:.3f} s, {heavy}' if heavy or took > 0.3 else 0)"
    )
    # the best of three, for a busy machine
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False) for _ in range(3)]
    assert any(run.returncode == 0 for run in runs), [run.stderr for run in runs]


def test_the_repository_speaks_only_of_itself():
    """No path of a machine and no registry host stands in a committed file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    forbidden = ["/" + "work/", "/" + "root/", "pypi" + ".org", "npmjs" + ".org"]
    for name in filter(None, listed.split("\0")):
        content = (ROOT / name).read_bytes()
        assert not any(word.encode() in content for word in forbidden), name
