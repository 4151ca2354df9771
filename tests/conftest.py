"""Signals end the tests' crawls as they do at a terminal: what a shell runs in the background ignores some of them, and
so would all that it starts."""

import signal

for number, usual in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGHUP, signal.SIG_DFL),
    (signal.SIGQUIT, signal.SIG_DFL),
):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)
