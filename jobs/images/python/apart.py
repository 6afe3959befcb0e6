"""Begins a test process whose code is elsewhere."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from . import modules, proxied, redirect
from .seen import Seen
from .tally import Tally


def begin(descriptor: int, names: Sequence[str], workdir: str) -> Tally:
    """Makes the modules of `names` come from behind `descriptor`; the tally is filled from now on."""
    tally = Tally(Seen(workdir))
    client = proxied.Client(socket.socket(fileno=descriptor), tally, workdir)
    modules.Finder(client, names).install()
    redirect.install(client)
    return tally
