"""The house is kept: who may import whom, how long a room may be, which library lives where."""

import ast
from functools import cache
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / "src" / "tearsheet"
FILES = sorted(SRC.rglob("*.py"))
MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 60
MAX_PARAMETERS = 5

# From the roof to the ground. Imports run downward only; rooms of one floor do not know each other.
FLOORS = (
    ("__main__",),
    ("cli", "__init__"),
    ("web",),
    ("flow",),
    ("archive",),
    ("sources", "extraction", "publish"),
    ("sites", "schedule", "revise", "ledger", "fetch", "warc", "files", "media", "store", "search"),
    ("html", "terms"),
    ("charset", "coding", "urls", "dates", "config"),
    ("model",),
    ("errors", "version"),
)
DESK = ("sources", "sites", "extraction", "schedule", "revise", "ledger", "publish")
DOORS = ("fetch", "warc", "files", "media", "store", "search")
STANDALONE = ("newsroom",)  # imported by faces and tests, imports nothing of the house

# A third-party library lives in one room; these are the exceptions, with the reason.
LIBRARY_ROOMS = {
    "pycurl": {"fetch"},
    "selectolax": {
        "html",
        "extraction",
        "sites",
    },  # extraction walks the tree for speed; sites checks people's selectors
    "nh3": {"html"},
    "feedparser": {"sources"},
    "lxml": {"sources"},
    "jinja2": {"publish"},
    "markupsafe": {"publish"},
    "PIL": {"media", "newsroom"},  # the newsroom draws its pictures
    "isal": {"warc"},
    "fastwarc": {"warc"},
    "zstandard": {"coding", "store", "warc"},  # the web's coding, the catalog's bodies, foreign .warc.zst files
    "brotli": {"coding"},
    "argon2": {"web", "store"},
    "cryptography": {"ledger"},
    "rfc3161_client": {"ledger"},
    "click": {"cli"},
    "yaml": {"publish"},
    "tomlkit": {"config"},
    "waitress": {"web"},
    "werkzeug": {"web"},
    "publicsuffixlist": {"urls"},
    "charset_normalizer": {"charset"},
    "protego": {"fetch"},
}
CLOCKS = ("now", "utcnow", "today", "time", "time_ns", "monotonic")
WORLDLY = {"socket", "ssl", "http", "urllib.request", "subprocess", "sqlite3", "logging", "shutil", "tempfile"}


def room_of(path: Path) -> str:
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def floor_of(room: str) -> int:
    return next(at for at, rooms in enumerate(FLOORS) if room in rooms)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> list[tuple[str, int]]:
    """Return (dotted name, line) of every import, wherever it stands; `if TYPE_CHECKING` counts too."""
    found = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(_module(node, alias.name, path), node.lineno) for alias in node.names]
    return found


def _module(node: ast.ImportFrom, name: str, path: Path) -> str:
    """Return the module that `from M import name` reaches: `M.name` if that is one, or else `M`."""
    module = node.module or ""
    if node.level:
        parents = ("tearsheet", *path.relative_to(SRC).parent.parts)
        module = ".".join(filter(None, (*parents[: len(parents) - node.level + 1], module)))
    inside = SRC.joinpath(*module.split(".")[1:], name)
    if module.split(".")[0] == "tearsheet" and (inside.is_dir() or inside.with_suffix(".py").exists()):
        return f"{module}.{name}"
    return f"{module}.__init__" if module == "tearsheet" else module


def functions_of(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_every_room_has_its_floor():
    rooms = {room_of(path) for path in FILES}

    assert rooms <= {room for floor in FLOORS for room in floor} | set(STANDALONE)


def test_imports_run_downward_only():
    wrong = []
    for path in FILES:
        room = room_of(path)
        for name, line in imports_of(path):
            if not name.startswith("tearsheet.") or (other := name.split(".")[1]) == room:
                continue
            allowed = (
                room in FLOORS[1] if room in STANDALONE or other in STANDALONE else floor_of(other) > floor_of(room)
            )
            if not allowed:
                wrong.append(f"{path.relative_to(SRC)}:{line} {name}")
    assert not wrong


def test_desk_and_doors_do_not_know_each_other():
    wrong = [
        f"{path.relative_to(SRC)}:{line} {name}"
        for path in FILES
        for name, line in imports_of(path)
        if name.startswith("tearsheet.")
        and (
            (room_of(path) in DESK and name.split(".")[1] in DOORS)
            or (room_of(path) in DOORS and name.split(".")[1] in DESK)
        )
    ]
    assert not wrong


def test_there_are_no_import_circles():
    graph: dict[str, set[str]] = {}
    for path in FILES:
        name = ".".join(("tearsheet", *path.relative_to(SRC).with_suffix("").parts)).removesuffix(".__init__")
        graph[name] = {other for other, _ in imports_of(path) if other.startswith("tearsheet.")}
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " > ".join((*trail, name))
        if name in done or name not in graph:
            return
        for other in sorted(graph[name]):
            if other != "tearsheet":
                walk(other, (*trail, name))
        done.add(name)

    for name in graph:
        if name != "tearsheet":
            walk(name, ())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_a_room_reads_in_one_sitting(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    long_ones = [
        f"{function.name} ({function.end_lineno - function.lineno + 1})"
        for function in functions_of(path)
        if function.end_lineno - function.lineno + 1 > MAX_FUNCTION_LINES
    ]
    crowded = [
        function.name
        for function in functions_of(path)
        if len([arg for arg in function.args.posonlyargs + function.args.args if arg.arg not in ("self", "cls")])
        + len(function.args.kwonlyargs)
        > MAX_PARAMETERS
        and not any(isinstance(decorator, ast.Call) for decorator in function.decorator_list)  # click's callbacks
    ]
    assert lines <= MAX_FILE_LINES
    assert not long_ones
    assert not crowded


def test_a_library_lives_in_one_room():
    wrong = [
        f"{path.relative_to(SRC)}:{line} {name}"
        for path in FILES
        for name, line in imports_of(path)
        if (library := name.split(".")[0]) in LIBRARY_ROOMS and room_of(path) not in LIBRARY_ROOMS[library]
    ]
    assert not wrong


def test_every_library_is_known_to_the_house():
    import sys

    known = set(LIBRARY_ROOMS) | {"tearsheet"} | set(sys.stdlib_module_names)
    wrong = [
        f"{path.relative_to(SRC)}:{line} {name}"
        for path in FILES
        for name, line in imports_of(path)
        if name.split(".")[0] not in known
    ]
    assert not wrong


def test_the_desk_knows_no_world():
    wrong = [
        f"{path.relative_to(SRC)}:{line} {name}"
        for path in FILES
        if room_of(path) in DESK
        for name, line in imports_of(path)
        if name in WORLDLY or name.split(".")[0] in WORLDLY
    ]
    assert not wrong


def test_the_desk_has_no_clock():
    wrong = []
    for path in FILES:
        if room_of(path) not in DESK:
            continue
        for node in ast.walk(tree_of(path)):
            if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in CLOCKS):
                continue
            spelled = f"{node.value.id}.{node.attr}"
            if node.value.id in ("datetime", "date", "time", "dt") and spelled not in ("dt.time", "datetime.time"):
                wrong.append(f"{path.relative_to(SRC)}:{node.lineno} {spelled}")  # those two are classes, not clocks
    assert not wrong


def test_no_error_is_swallowed():
    wrong = []
    for path in FILES:
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            broad = node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            )
            raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            if broad and not raises and room_of(path) not in ("flow", "cli", "web"):
                wrong.append(f"{path.relative_to(SRC)}:{node.lineno}")
            if len(node.body) == 1 and isinstance(node.body[0], ast.Pass):
                wrong.append(f"{path.relative_to(SRC)}:{node.lineno} pass")
    assert not wrong


def test_only_faces_print():
    wrong = [
        f"{path.relative_to(SRC)}:{node.lineno}"
        for path in FILES
        if room_of(path) not in ("cli", "newsroom")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not wrong


def test_only_the_store_and_the_index_speak_sql():
    verbs = ("SELECT ", "INSERT ", "UPDATE ", "DELETE FROM ")
    wrong = [
        f"{path.relative_to(SRC)}:{node.lineno}"
        for path in FILES
        if room_of(path) not in ("store", "search")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lstrip().startswith(verbs)
    ]
    assert not wrong


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_what_is_public_is_documented(path):
    tree = tree_of(path)
    assert ast.get_docstring(tree) or not tree.body, "the module says what it is for"
    bare = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not bare


def test_rooms_have_names_that_say_something():
    empty = {"utils", "util", "misc", "common", "manager", "helpers", "helper", "core", "base", "stuff"}

    assert not [path for path in FILES if path.stem in empty]
