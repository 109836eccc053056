import os
import time

from tearsheet.errors import BadPost, FormatError
from tearsheet.flow.pool import INLINE_PIECES, Pool


def double(number):
    return number * 2


def refuse(thing):
    raise BadPost(thing)


def die(_):
    os._exit(7)


def drained(pool):
    found = {}
    while pool.pending:
        found.update(pool.done())
        time.sleep(0.01)
    return found


def test_few_pieces_are_done_here_and_many_in_other_processes():
    with Pool(2) as pool:
        for number in range(INLINE_PIECES + 20):
            pool.give(number, double, number)

        assert {number: number * 2 for number in range(INLINE_PIECES + 20)} == drained(pool)


def test_an_error_of_ours_is_a_result():
    with Pool(0) as pool:
        pool.give("tag", refuse, "x.md")

        [(tag, error)] = pool.done()

    assert (tag, str(error)) == ("tag", "not a post: x.md")


def test_a_piece_that_kills_its_process_costs_itself_alone():
    with Pool(2) as pool:
        for number in range(INLINE_PIECES):
            pool.give(number, double, number)
        pool.give("bad", die, None)
        for number in range(100, 130):
            pool.give(number, double, number)
        found = drained(pool)

    assert isinstance(found.pop("bad"), FormatError)
    assert all(found[number] == number * 2 for number in range(100, 130))
