"""Statements of every message: put together once, and on SQLite carried out by the driver itself.

SQLAlchemy 1.4 (beside Rasa there is no newer) takes 0.11 ms for a statement that SQLite answers in 0.01, and a message
needs thirty of them. docs/decisions/0018-the-log-under-load.md has the figures.
"""

from __future__ import annotations

import inspect
from collections import namedtuple
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Generic, ParamSpec, get_args, get_type_hints

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations.schema import Moment

P = ParamSpec("P")
_Convert = Callable[[Any], Any]


#: Before the name of a value, which may be a column's name: that SQLAlchemy wants for itself.
_GIVEN: Final = "given_"
#: What SQLAlchemy has to be told where it can't see a column beside the value.
_TYPES: Final[dict[Any, Any]] = {datetime: Moment, bytes: sa.LargeBinary, int: sa.Integer}


def statement(build: Callable[P, Any]) -> CompiledStatement[P]:
    """A function that builds a statement from its values, turned into the statement: built once, run with values."""
    return CompiledStatement(build)


class CompiledStatement(Generic[P]):
    """One statement. No list is among its values: `in_` has as many signs as values."""

    def __init__(self, build: Callable[P, Any]) -> None:
        hints = get_type_hints(build)
        names = tuple(inspect.signature(build).parameters)
        self._names = tuple(_GIVEN + name for name in names)
        self._statement: Any = build(**{name: _placeholder(name, hints[name]) for name in names})  # type: ignore[call-arg]
        self._quick: _Quick | None = None

    def rows(self, connection: Connection, *values: P.args, **named: P.kwargs) -> Sequence[Any]:
        """All rows of a select, with the columns as attributes.

        Raises:
            sqlalchemy.exc.DBAPIError: the database said no. So do all of these.
        """
        given = self._given(values, named)
        if connection.dialect.name != "sqlite":
            rows: Sequence[Any] = connection.execute(self._statement, given).all()
            return rows
        quick = self._prepared(connection)
        return quick.read(quick.run(connection, given).fetchall())

    def row(self, connection: Connection, *values: P.args, **named: P.kwargs) -> Any:
        """The first row of a select, or None."""
        rows = self.rows(connection, *values, **named)
        return rows[0] if rows else None

    def value(self, connection: Connection, *values: P.args, **named: P.kwargs) -> Any:
        """The first column of the first row, or None."""
        rows = self.rows(connection, *values, **named)
        return rows[0][0] if rows else None

    def change(self, connection: Connection, *values: P.args, **named: P.kwargs) -> int:
        """Update or delete; how many rows that met."""
        given = self._given(values, named)
        if connection.dialect.name != "sqlite":
            return int(connection.execute(self._statement, given).rowcount)
        return int(self._prepared(connection).run(connection, given).rowcount)

    def add(self, connection: Connection, *values: P.args, **named: P.kwargs) -> int:
        """Insert a row; its number, where the database counts it up."""
        given = self._given(values, named)
        if connection.dialect.name != "sqlite":
            key = connection.execute(self._statement, given).inserted_primary_key[0]
            return key if isinstance(key, int) else 0
        return int(self._prepared(connection).run(connection, given).lastrowid)

    def _given(self, values: Sequence[Any], named: dict[str, Any]) -> dict[str, Any]:
        """The values by the names that they have in the statement: all of them, and no others."""
        given = dict(zip(self._names, values, strict=False))
        given.update({_GIVEN + name: value for name, value in named.items()})
        if len(values) + len(named) != len(self._names) or not all(name in given for name in self._names):
            raise TypeError(f"a statement of {self._names} was given {sorted(given)}")
        return given

    def _prepared(self, connection: Connection) -> _Quick:
        if self._quick is None:
            self._quick = _Quick(self._statement, connection)
        return self._quick


class _Quick:
    """What SQLite's driver needs: the SQL, the order of the values, and how they are turned over and back."""

    def __init__(self, statement: Any, connection: Connection) -> None:
        dialect = connection.dialect
        compiled = statement.compile(dialect=dialect)
        if compiled.post_compile_params:
            raise ValueError(f"a prepared statement has a list among its values: {compiled}")
        self.sql = str(compiled)
        # by place: the name of the value, what stands there when none is given, and how it goes to the database
        self._order: list[tuple[str, Any, _Convert | None]] = []
        for name in compiled.positiontup:
            parameter = compiled.binds[name]
            self._order.append((parameter.key, parameter.value, parameter.type.bind_processor(dialect)))
        shown = list(statement.selected_columns) if isinstance(statement, sa.sql.Select) else []
        self._row = _row_of([str(column.key) for column in shown])
        back = [column.type.result_processor(dialect, None) for column in shown]
        self._back = [(place, convert) for place, convert in enumerate(back) if convert is not None]

    def run(self, connection: Connection, values: dict[str, Any]) -> Any:
        """The cursor after the statement."""
        given = [
            value if convert is None else convert(value)
            for value, convert in ((values.get(name, usual), convert) for name, usual, convert in self._order)
        ]
        cursor = connection.connection.cursor()
        try:
            return cursor.execute(self.sql, given)
        except connection.dialect.dbapi.Error as error:
            raise sa.exc.DBAPIError.instance(
                self.sql, None, error, connection.dialect.dbapi.Error, hide_parameters=True, dialect=connection.dialect
            ) from error

    def read(self, found: Sequence[Any]) -> Sequence[Any]:
        """The driver's rows, as SQLAlchemy would give them."""
        if not self._back:
            return [self._row._make(one) for one in found]
        rows = []
        for one in found:
            row = list(one)
            for place, convert in self._back:
                row[place] = convert(row[place])
            rows.append(self._row._make(row))
        return rows


def _placeholder(name: str, hint: Any) -> Any:
    type_ = next((_TYPES[one] for one in (hint, *get_args(hint)) if one in _TYPES), None)
    return sa.bindparam(_GIVEN + name, type_=type_)


def _row_of(names: Sequence[str]) -> Any:
    return namedtuple("Row", names, rename=True)
