"""What the entry points call: load → advance → save → tell → carry out. Only this part of the domain awaits ports."""

from functions.agent.usecases.attempt import write_attempt
from functions.agent.usecases.deliver import deliver
from functions.agent.usecases.result import check_run, take_result
from functions.agent.usecases.submit import Request, attach, cancel, download, owned, retry, submit
from functions.agent.usecases.sweep import sweep

__all__ = [
    "Request",
    "attach",
    "cancel",
    "check_run",
    "deliver",
    "download",
    "owned",
    "retry",
    "submit",
    "sweep",
    "take_result",
    "write_attempt",
]
