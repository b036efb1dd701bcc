"""Statements of every message: put together once, and on SQLite carried out by the driver itself.

SQLAlchemy 1.4 (beside Rasa there is no newer) takes 0.11 ms for a statement that SQLite answers in 0.01, and a message
needs thirty of them. docs/decisions/0018-the-log-under-load.md has the figures.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_Convert = Callable[[Any], Any]


class CompiledStatement:
    """One statement. Its values are given by name, and no list among them: `in_` has as many signs as values."""

    def __init__(self, statement: Any, *columns: str) -> None:
        """`columns`: for an insert, those that it fills."""
        self._statement, self._columns = statement, columns
        self._quick: _Quick | None = None

    def rows(self, connection: Connection, **values: Any) -> Sequence[Any]:
        """All rows of a select, with the columns as attributes.

        Raises:
            sqlalchemy.exc.DBAPIError: the database said no. So do all of these.
        """
        if connection.dialect.name != "sqlite":
            rows: Sequence[Any] = connection.execute(self._statement, values).all()
            return rows
        quick = self._prepared(connection)
        return quick.read(quick.run(connection, values).fetchall())

    def row(self, connection: Connection, **values: Any) -> Any:
        """The first row of a select, or None."""
        rows = self.rows(connection, **values)
        return rows[0] if rows else None

    def value(self, connection: Connection, **values: Any) -> Any:
        """The first column of the first row, or None."""
        rows = self.rows(connection, **values)
        return rows[0][0] if rows else None

    def change(self, connection: Connection, **values: Any) -> int:
        """Update or delete; how many rows that met."""
        if connection.dialect.name != "sqlite":
            return int(connection.execute(self._statement, values).rowcount)
        return int(self._prepared(connection).run(connection, values).rowcount)

    def add(self, connection: Connection, **values: Any) -> int:
        """Insert a row; its number, where the database counts it up."""
        if connection.dialect.name != "sqlite":
            key = connection.execute(self._statement, values).inserted_primary_key[0]
            return key if isinstance(key, int) else 0
        return int(self._prepared(connection).run(connection, values).lastrowid)

    def _prepared(self, connection: Connection) -> _Quick:
        if self._quick is None:
            self._quick = _Quick(self._statement, self._columns, connection)
        return self._quick


class _Quick:
    """What SQLite's driver needs: the SQL, the order of the values, and how they are turned over and back."""

    def __init__(self, statement: Any, columns: Sequence[str], connection: Connection) -> None:
        dialect = connection.dialect
        compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)
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


def _row_of(names: Sequence[str]) -> Any:
    return namedtuple("Row", names, rename=True)
