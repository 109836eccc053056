"""The command line. This door imports next to nothing, so that Ctrl-C is heeded from the first moment on."""

import gc
import os
import sys

from tearsheet.cli.interrupts import heed_ctrl_c, interrupt, leave


def main() -> None:
    """Run the command line in this process."""
    _begin_again_in_utf_8()
    heed_ctrl_c(interrupt)
    gc.set_threshold(10_000)  # to look for garbage among what is imported is a twentieth of a start
    try:
        from tearsheet.cli.front import run

        run()
    except KeyboardInterrupt:
        leave()
    finally:
        heed_ctrl_c(leave)  # from here on only Python's own end remains, which would show a traceback


def _begin_again_in_utf_8() -> None:
    """Where the locale has another encoding, let Python begin again without it: pages and posts are files named in UTF-8."""
    if sys.getfilesystemencoding() != "utf-8" and sys.executable:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])
