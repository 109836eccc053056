"""Commands killed at any call that changes the disk, or at any time: nothing acknowledged is lost, nothing comes twice."""

import pytest
from tests import counting
from tests.crashing import Prepared
from tests.killing import Killing


@pytest.fixture(scope="module")
def killing(_running_newsroom, tmp_path_factory):
    folder = tmp_path_factory.mktemp("killing")
    with Prepared(folder) as prepared:
        yield Killing(prepared, _running_newsroom, folder)


@pytest.mark.parametrize(("first", "kills"), [(True, 40), (False, 25)], ids=["the first", "a later one"])
def test_an_update_killed_anywhere_goes_on(killing, first, kills):
    killing.update(kills, first=first)


def test_an_import_killed_anywhere_goes_on(killing):
    killing.import_(30)


@pytest.mark.parametrize(("first", "kills"), [(True, 25), (False, 12)], ids=["the first", "a later one"])
def test_a_build_killed_anywhere_goes_on_to_the_same_site(killing, first, kills):
    killing.build(kills, first=first)


def test_a_backup_killed_anywhere_is_whole_or_not_taken_for_one(killing):
    killing.backup(35)


@pytest.mark.skipif(not counting.IS_POSSIBLE, reason="calls are counted on Linux on x86-64 only")
def test_a_second_backup_killed_at_any_renaming_leaves_a_good_one(killing):
    killing.second_backup("rename")


def test_a_restore_killed_anywhere_goes_on(killing):
    killing.restore(20)


def test_a_rebuild_killed_anywhere_leaves_the_catalog_as_it_was_or_as_it_will_be(killing):
    killing.rebuild(10)


def test_a_removal_killed_anywhere_is_finished_by_the_next_update(killing):
    killing.remove(20)


def test_a_migration_killed_anywhere_goes_on(killing):
    killing.migrate(10)
