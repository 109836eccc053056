"""Imported into the process that starts those of a pool, and nowhere else: takes the folder of their socket away when it ends.

Python has that done by the process that made the pool. If that one is killed nobody did, and `/tmp` filled with them.
"""

import atexit
import os
import shutil

if "TEARSHEET_POOL_FOLDER" in os.environ:  # what looks through all modules imports this one too
    atexit.register(shutil.rmtree, os.environ["TEARSHEET_POOL_FOLDER"], ignore_errors=True)
