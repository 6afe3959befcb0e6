"""Records in SQLite: one table for all kinds, the record itself as JSON."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, cast

from functions.agent.codec import from_dict, to_dict
from functions.agent.errors import BadInput, Conflict, NotFound, StorageError
from functions.agent.ports import Page, R
from infra.local.database import Database
from infra.local.text import dump

COLUMNS = ("user_id", "session_id", "status")
"""Fields that have a column and an index of their own; `query` reads all others out of the JSON."""

REMEMBERED = 64
"""Records kept as objects: every step of an execution reads the one that the step before has written."""

_INSERT = """INSERT INTO records (kind, id, version, created_at, user_id, session_id, status, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
_REPLACE = """UPDATE records SET version = ?, created_at = ?, user_id = ?, session_id = ?, status = ?, body = ?
    WHERE kind = ? AND id = ? AND version = ?"""


class LocalRecords:
    """`ports.Records` over one `Database`. A kind is known by the name of its class."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read_before: OrderedDict[tuple[str, str], tuple[str, Any]] = OrderedDict()

    async def get(self, kind: type[R], id: str) -> R:
        rows = self._database.rows("SELECT body FROM records WHERE kind = ? AND id = ?", (kind.__name__, id))
        if not rows:
            raise NotFound(f"There is no {kind.__name__.lower()} {id}.")
        return self._read(kind, id, rows[0][0])

    async def save(self, record: R) -> R:
        kind = type(record).__name__
        saved: R = replace(cast(Any, record), version=record.version + 1)
        plain = to_dict(saved)
        columns = [plain.get(name) for name in COLUMNS]
        values = (saved.version, plain.get("created_at") or 0.0, *columns, dump(plain, "record"))
        if record.version == 0:
            changed = self._database.execute(_INSERT, (kind, record.id, *values))
        else:
            changed = self._database.execute(_REPLACE, (*values, kind, record.id, record.version))
        if not changed:
            raise Conflict(
                f"The {kind.lower()} {record.id} was changed by somebody else since version {record.version}."
            )
        self._remember(kind, record.id, str(values[-1]), saved)
        return saved

    async def query(self, kind: type[R], where: Mapping[str, str], page: int = 1, limit: int = 50) -> Page[R]:
        """As the port says. Raises BadInput for a page or limit below 1 and for a field that `kind` lacks."""
        if page < 1 or limit < 1:
            raise BadInput("page" if page < 1 else "limit", "Pages and limits count from 1.")
        condition, values = "kind = ?", [kind.__name__]
        known = {f.name for f in fields(cast(Any, kind))}
        for name, value in where.items():
            if name not in known:
                raise BadInput(name, f"A {kind.__name__.lower()} has no field {name}.")
            condition += f" AND {name} = ?" if name in COLUMNS else f" AND json_extract(body, '$.{name}') = ?"
            values.append(value)
        (total,) = self._database.rows(f"SELECT count(*) FROM records WHERE {condition}", values)[0]  # noqa: S608
        if (offset := (page - 1) * limit) >= total:
            return Page((), total)
        rows = self._database.rows(
            f"SELECT id, body FROM records WHERE {condition} ORDER BY created_at DESC, id LIMIT ? OFFSET ?",  # noqa: S608
            (*values, min(limit, total), offset),
        )
        return Page(tuple(self._read(kind, id, body) for id, body in rows), total)

    async def delete(self, kind: type[R], id: str) -> None:
        self._database.execute("DELETE FROM records WHERE kind = ? AND id = ?", (kind.__name__, id))

    def _read(self, kind: type[R], id: str, body: str) -> R:
        """The record; the same text as last time is the same (immutable) record, without reading it again."""
        before = self._read_before.get((kind.__name__, id))
        if before is not None and before[0] == body:
            return cast(R, before[1])
        try:
            record: R = from_dict(kind, json.loads(body))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StorageError(
                f"The {kind.__name__.lower()} {id} in {self._database.path} is damaged: restore a copy or delete it."
            ) from error
        self._remember(kind.__name__, id, body, record)
        return record

    def _remember(self, kind: str, id: str, body: str, record: Any) -> None:
        self._read_before[kind, id] = (body, record)
        self._read_before.move_to_end((kind, id))
        if len(self._read_before) > REMEMBERED:
            self._read_before.popitem(last=False)
