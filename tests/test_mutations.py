"""The table of mutations does not rot: every guard it switches off is where it says, and every test it names exists."""

import ast
import importlib.util
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def table():
    spec = importlib.util.spec_from_file_location("mutations", ROOT / "bench" / "mutations" / "run.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look for the module of a class
    spec.loader.exec_module(module)
    return module.mutations()


MUTATIONS = table()


@cache
def names_in(file):
    """Return the names of the tests in a file of `tests/`, those of classes as `Class::name`."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
    return frozenset(found)


def is_test(name):
    """Tell whether `tests/file.py::name` (with or without parameters) is a test that exists."""
    file, _, rest = name.partition("::")
    return rest.partition("[")[0] in names_in(file) or (not rest and (ROOT / file).is_file())


@pytest.mark.parametrize("one", MUTATIONS, ids=lambda one: one.name)
def test_every_mutation_has_one_place_and_tests_that_exist(one):
    text = (ROOT / one.file).read_text(encoding="utf-8")

    assert text.count(one.old) == 1, f"its place in {one.file} is there {text.count(one.old)} times"
    assert one.old != one.new
    assert one.tests
    assert [name for name in one.tests if not is_test(name)] == []


def test_every_mutation_has_a_name_of_its_own():
    assert [name for name, times in Counter(one.name for one in MUTATIONS).items() if times > 1] == []
