"""What S holds of the tests' objects: functions to call back, stand-ins with their methods, exceptions, iterators."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .handles import ALWAYS, Handle, namespace, new
from .plain import look_up

if TYPE_CHECKING:
    from .showing import Showing


class Borrowed:
    """The same object of the tests is always the same object here."""

    def __init__(self, server: Showing) -> None:
        self._server = server
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._kinds: dict[int, type] = {}

    def number(self, value: Any) -> int | None:
        """The number of an object of the tests, None for one of the code's own."""
        return self._numbers.get(id(value))

    def keep(self, number: int, value: Any) -> Any:
        self._objects[number] = value
        self._numbers[id(value)] = number
        return value

    def find(self, number: int) -> Any:
        return self._objects.get(number)

    def take(self, data: dict[str, Any]) -> Any:
        """The stand-in for what the tests lent."""
        number, kind = data["n"], data["k"]
        if number in self._objects:
            return self._objects[number]
        if kind == "f":
            return self.keep(number, self._function(data))
        if kind == "xc":
            return self.keep(number, error_class(data["name"], data["mro"]))
        if kind == "w":
            return self.keep(number, self._server.loops.wait_for(lambda: self.find(number)))
        return self.keep(number, new(self._kind(data), self, number))

    def _function(self, data: dict[str, Any]) -> Callable[..., Any]:
        server = self._server

        def function(*args: Any, **kwargs: Any) -> Any:
            return server.request("call", function, *args, **kwargs)

        async def later(*args: Any, **kwargs: Any) -> Any:
            return await server.request("call", later, *args, **kwargs)

        made = later if data["later"] else function
        made.__name__ = made.__qualname__ = data["name"]
        made.__doc__ = data["doc"]
        return made

    def _kind(self, data: dict[str, Any]) -> type:
        number = data["c"]
        if number not in self._kinds:
            named = {**namespace({*data["special"], *ALWAYS}, data["hash"]), "__module__": "tests"}
            self._kinds[number] = type(data["name"], (Handle,), named)
        return self._kinds[number]

    def request(self, operation: str, target: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._server.request(operation, target, *args, **kwargs)

    def special(self, handle: Any, name: str, /, *args: Any, **kwargs: Any) -> Any:
        if name in ("__exit__", "__aexit__"):
            args = (*args[:2], None)  # a traceback stays where it is
        return self._server.request("special", handle, name, *args, **kwargs)

    def attribute(self, handle: Any, name: str) -> Any:
        return self._server.request("get", handle, name)

    def let_go(self, number: int, times: int) -> None:
        """The tests keep what they lent until they end."""

    def duplicate(self, handle: Any, deep: bool) -> Any:
        return self._server.request("copy", handle, deep)


def error_class(name: str, mro: list[list[str]]) -> type[BaseException]:
    """A class of its own for an exception class that only the tests have, derived from the nearest one known here."""
    return type(name, (known_error(mro),), {})


def known_error(mro: list[list[str]]) -> type[BaseException]:
    found = (look_up(module, name) for module, name in mro)
    return next((c for c in found if isinstance(c, type) and issubclass(c, BaseException)), Exception)
