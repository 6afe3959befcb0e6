"""The entry points. `__all__` is the list that the deployment, the local server and a test read."""

from functions.api.entry import api
from functions.attempt import attempt
from functions.controller import controller
from functions.deliver import deliver
from functions.janitor import janitor

__all__ = ["api", "attempt", "controller", "deliver", "janitor"]
