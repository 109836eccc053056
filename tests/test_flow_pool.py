import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tearsheet.errors import BadPost, FormatError
from tearsheet.flow.pool import INLINE_PIECES, Pool


def double(number):
    return number * 2


def linger(piece):
    folder, number = piece
    time.sleep(0.2)
    (folder / str(number)).touch()


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


def test_what_has_not_begun_when_the_pool_gives_up_never_does(tmp_path):
    with Pool(1) as pool:
        for number in range(INLINE_PIECES + 40):
            pool.give(number, linger, (tmp_path, number))
        pool.wait(30)
        pool.give_up()

        assert pool.pending <= INLINE_PIECES
    assert len(list(tmp_path.iterdir())) < INLINE_PIECES + 40


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


def test_a_piece_given_after_another_has_killed_its_process_is_done_too():
    with Pool(1) as pool:
        for number in range(INLINE_PIECES):
            pool.give(number, double, number)
        pool.give("bad", die, None)
        while not pool._ended:
            time.sleep(0.01)
        pool.give("late", double, 4)
        found = drained(pool)

    assert isinstance(found["bad"], FormatError)
    assert found["late"] == 8


KILLED = """
import signal, time
from tearsheet.flow.pool import INLINE_PIECES, Pool

with Pool(2) as pool:
    for number in range(INLINE_PIECES + 8):
        pool.give(number, int, number)
    while pool.pending:
        list(pool.done())
        time.sleep(0.01)
    print(*pool._executor._processes, flush=True)
    signal.pause()
"""


def test_processes_end_with_a_parent_that_was_killed_and_leave_no_folder(tmp_path):
    with_tmp = {**os.environ, "TMPDIR": str(tmp_path)}
    run = subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True, env=with_tmp)
    assert run.stdout is not None
    children = [int(pid) for pid in run.stdout.readline().split()]
    assert [path.name[:5] for path in tmp_path.iterdir()] == ["pymp-"]
    run.kill()
    run.communicate()

    assert children
    assert eventually(lambda: not any(map(lives, children)))
    assert eventually(lambda: not list(tmp_path.iterdir()))


def test_processes_leave_an_interruption_to_their_parent():
    with Pool(2) as pool:
        for number in range(INLINE_PIECES + 2):
            pool.give(number, double, number)
        drained(pool)
        assert pool._executor is not None
        for pid in pool._executor._processes:
            os.kill(pid, signal.SIGINT)
        for number in range(20):
            pool.give(number, double, number)

        assert {number: number * 2 for number in range(20)} == drained(pool)


def lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(claim, *, within_s=20.0):
    until = time.monotonic() + within_s
    while not claim() and time.monotonic() < until:
        time.sleep(0.05)
    return claim()
