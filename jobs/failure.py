"""The one exception that means: the sandbox failed, not the code."""


class SandboxFailure(Exception):
    """The message is one sentence for the person who runs the machine."""
