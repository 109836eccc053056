"""The command line. This door imports next to nothing, so that Ctrl-C is heeded from the first moment on."""

import gc

from tearsheet.cli.interrupts import ended, heed_ctrl_c, leave


def main() -> None:
    """Run the command line in this process."""
    heed_ctrl_c()
    gc.set_threshold(
        10_000
    )  # looking for garbage among what is being imported takes a twentieth of the time of a start
    try:
        from tearsheet.cli.front import run

        run()
    except KeyboardInterrupt:
        leave()
    finally:
        ended()
