"""The PostgreSQL that the tests run on."""

from concurrent.futures import Future, ThreadPoolExecutor
from uuid import uuid4

import psycopg
from sqlalchemy import make_url


class Server:
    """A running PostgreSQL, and the databases that the tests make in it."""

    def __init__(self, url: str, *, runs_as: str = "", keep: bool = False) -> None:
        self.runs_as = runs_as
        self._url = make_url(url)
        self._keep = keep
        self._admin = psycopg.connect(url, autocommit=True)
        self._aside = ThreadPoolExecutor(1)
        self._ahead: dict[str, Future[str]] = {}

    def create(self, template: str = "template1") -> str:
        """A new database, as a copy of another; returns its name. The next copy is made while the test runs."""
        ready = self._ahead.pop(template, None) or self._aside.submit(self._create, template)
        name = ready.result()
        self._ahead[template] = self._aside.submit(self._create, template)
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        if not self._keep:
            self._aside.submit(self.run, f"DROP DATABASE {name} WITH (FORCE)")

    def address(self, name: str) -> str:
        """The address of one of its databases, for the role that the app runs as."""
        return self._address(name, self.runs_as)

    def owner_address(self, name: str) -> str:
        """A database's address for the owner, who migrates."""
        return self._address(name, "")

    def run(self, statement: str) -> None:
        """Run a statement as the server's administrator."""
        self._admin.execute(statement.encode())

    def close(self) -> None:
        """Drop what was made ahead, and close the administrator's connection."""
        for ahead in self._ahead.values():
            self.drop(ahead.result())
        self._aside.shutdown()
        self._admin.close()

    def _address(self, name: str, role: str) -> str:
        url = self._url.set(database=name, username=role or self._url.username)
        return url.render_as_string(hide_password=False)

    def _create(self, template: str) -> str:
        name = f"dbt_{uuid4().hex[:12]}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name
