"""Who is alive: the claims of a process that died are given free."""

import os
import signal
import subprocess
import sys
from contextlib import closing

from tests.store_samples import FEED, NOON, PAGE, catalog, listed

from tearsheet.store import articles, keeping, sources
from tearsheet.store.worker import Worker

HOLDING = """
import sys, time
from pathlib import Path
from tearsheet.store.worker import Worker
me = Worker(Path(sys.argv[1]))
print(me.name, flush=True)
time.sleep(60)
"""


def test_a_live_process_keeps_its_claims_and_a_killed_one_does_not(tmp_path):
    command = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other, closing(Worker(tmp_path)) as me:
        assert other.stdout is not None
        name = other.stdout.readline().strip()
        assert me.dead({me.name, name}) == set()

        other.send_signal(signal.SIGKILL)
        other.wait()

        assert me.dead({me.name, name}) == {name}
        assert [file.name for file in tmp_path.iterdir()] == [f"{me.name}.lock"]


def test_a_process_that_ended_well_leaves_nothing(tmp_path):
    one = Worker(tmp_path)
    one.close()

    assert list(tmp_path.iterdir()) == []
    with closing(Worker(tmp_path)) as other:
        assert other.dead({one.name}) == {one.name}


def test_two_workers_of_one_process_are_told_apart(tmp_path):
    with closing(Worker(tmp_path)) as one, closing(Worker(tmp_path)) as other:
        assert one.name != other.name
        assert one.name.startswith(f"{os.getpid()}-")
        assert one.dead({other.name}) == set()


def test_what_is_claimed_is_not_given_to_another():
    store = catalog()
    n = listed(store)
    with store.transaction() as db:
        keeping.want_picture(db, "https://paper.example/fog.jpg", article=n, is_lead=True, now=NOON)
        assert [due.source.url for due in sources.claim(db, worker="a", now=NOON, limit=9)] == [FEED]
        assert [wanted.url for wanted in articles.claim(db, worker="a", now=NOON, limit=9)] == [PAGE]
        assert len(keeping.claim_pictures(db, worker="a", now=NOON, limit=9)) == 1

        assert sources.claim(db, worker="b", now=NOON, limit=9) == []
        assert sources.claim(db, worker="b", now=NOON, limit=9, only=[FEED]) == []
        assert articles.claim(db, worker="b", now=NOON, limit=9) == []
        assert keeping.claim_pictures(db, worker="b", now=NOON, limit=9) == []
        assert sources.workers(db) == {"a"}


def test_what_a_dead_worker_had_claimed_is_due_again():
    store = catalog()
    n = listed(store)
    with store.transaction() as db:
        keeping.want_picture(db, "https://paper.example/fog.jpg", article=n, is_lead=True, now=NOON)
        sources.claim(db, worker="a", now=NOON, limit=9)
        articles.claim(db, worker="a", now=NOON, limit=9)
        keeping.claim_pictures(db, worker="a", now=NOON, limit=9)
        sources.release(db, "a")

        assert sources.workers(db) == set()
        assert len(sources.claim(db, worker="b", now=NOON, limit=9)) == 1
        assert len(articles.claim(db, worker="b", now=NOON, limit=9)) == 1
        assert len(keeping.claim_pictures(db, worker="b", now=NOON, limit=9)) == 1
