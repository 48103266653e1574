"""Traderoom's commands. Whatever stops one of them is said in one line, exit status 2, never as a traceback."""

import asyncio
import contextlib
import io
import logging
import os
import sys
from collections.abc import Coroutine, Iterator
from getpass import getpass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import psycopg
import typer
from procrastinate.exceptions import ProcrastinateException
from psycopg.conninfo import make_conninfo
from sqlalchemy.exc import SQLAlchemyError

from app import serving
from app.bootstrap import Application
from app.db import connection, embedded, engine, schema
from app.domain.refusals import Refusal
from app.logs import first_line, set_up_logging
from app.patches import PatchError
from app.service import strict_json, verification
from app.settings import Settings, SettingsError, load

try:
    from uvloop import run
except ImportError:  # Windows
    from asyncio import run  # type: ignore[assignment]

T = TypeVar("T")
log = logging.getLogger(__name__)
cli = typer.Typer(help=__doc__, no_args_is_help=False, add_completion=False, pretty_exceptions_enable=False)
user_cli = typer.Typer(help="Accounts: reset-password sets a new password.")
trade_cli = typer.Typer(help="Trades: create makes one and prints its invitation link.")
cli.add_typer(user_cli, name="user")
cli.add_typer(trade_cli, name="trade")


def main() -> None:
    """Run the command that was typed; none means `serve`."""
    # Python has none where whoever started us closed it; what is said there is for nobody, and nothing is read.
    sys.stdin = sys.stdin or Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - open to the end
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - so is this one
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - and this one
    try:
        # Standing alone, Typer itself says what was typed wrongly, in a box of five lines.
        if status := cli(standalone_mode=False):
            sys.exit(status)
    except typer.TyperException as error:
        usage = getattr(error, "ctx", None)  # where an option has no value, Typer does not know whose it is
        _stop(f"{error.format_message().rstrip('.')}. Try {usage.command_path if usage else 'main.py'} --help.")
    except typer.Abort:
        _stop("Nothing was typed.")  # Ctrl-D where something was asked
    except (
        SettingsError,
        serving.PortError,
        embedded.EmbeddedError,
        engine.DatabaseError,
        PatchError,
        Refusal,
    ) as error:
        _stop(str(error))
    except (psycopg.Error, SQLAlchemyError, ProcrastinateException) as error:
        _stop(f"The database failed: {first_line(error)}")
    except OSError as error:
        _stop(f"{error.strerror or first_line(error)}{f': {error.filename}' if error.filename else ''}")
    except Exception as error:
        log.critical("a command has failed over something that nobody expected", exc_info=error)
        _stop(f"This is a bug of Traderoom's, and the log says where: {type(error).__name__}: {first_line(error)}")


def _say(text: str) -> None:
    """Tell the result. Where nobody reads it any more (`… | head -1`), the exit status is what it would be."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # it is flushed once more at the end


def _stop(line: str) -> None:
    sys.stderr.write(f"traderoom: {' '.join(line.split())}\n")
    sys.exit(2)


@cli.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Traderoom: two people agree on a trade, live, before the clock runs out."""
    if context.invoked_subcommand is None:
        serve()


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
) -> None:
    """Serve the pages; the worker runs in the same process unless TRADEROOM_WORKER=false."""
    settings = _settings(host=host, port=port)
    with serving.listening_socket(settings.host, settings.port) as socket, _database(settings) as url:
        application = Application(settings, url)
        _run(serving.serve(application, socket))


@cli.command()
def worker(
    health_port: Annotated[int | None, typer.Option(help="Where to answer /healthz and /readyz.")] = None,
) -> None:
    """Run a worker alone: it expires trades and cleans up."""
    settings = _settings(health_port=health_port)
    with contextlib.ExitStack() as stack:
        socket = None
        if settings.health_port is not None:
            listening = serving.listening_socket(settings.host, settings.health_port, "HEALTH_PORT")
            socket = stack.enter_context(listening)
        url = stack.enter_context(_database(settings, joins=True))
        _run(serving.work(Application(settings, url), socket))


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema; safe to run from many processes at once."""
    with _database(_settings(), joins=True):
        _say("The database has the newest schema.\n")


@cli.command()
def verify(
    receipt: Annotated[Path, typer.Argument(help="The JSON receipt.")],
    key: Annotated[str, typer.Option(help="The server's public key, base64, or a file that holds it.")],
) -> None:
    """Check a receipt offline; exit status 1 when anything in it was changed."""
    with contextlib.suppress(OSError), Path(key).open("rb") as file:  # else it is the key itself
        key = file.read(200).decode("ascii", "replace")
    with receipt.open("rb") as file:
        document, problems = verification.verify_file(file.read(strict_json.LARGEST + 1), key.strip())
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not know the letters of a name
    _say("\n".join(problems or verification.summary(document)) + "\n")
    if problems:
        sys.exit(1)


@user_cli.command("reset-password")
def reset_password(name: Annotated[str, typer.Argument(help="Whose password.")]) -> None:
    """Set a new password, read from the terminal or standard input, and end the person's sessions."""
    settings = _settings()
    password = getpass("New password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")

    async def reset(application: Application) -> None:
        async with application:
            await application.accounts.reset_password(name, password)

    with _database(settings, joins=True) as url:
        _run(reset(Application(settings, url)))
    _say(f"{name} has a new password; open sessions have ended.\n")


@trade_cli.command("create")
def create(
    *,
    seller: Annotated[str, typer.Option(help="The seller's name; must exist.")],
    title: Annotated[str, typer.Option()],
    price: Annotated[str, typer.Option(help="Per unit, such as 900.50.")],
    quantity: Annotated[str, typer.Option()],
    description: Annotated[str, typer.Option()] = "",
    buyer_name: Annotated[str, typer.Option(help="Empty: whoever opens the link first.")] = "",
    expiry_minutes: Annotated[str | None, typer.Option(help="Minutes to the deadline.")] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217, such as EUR.")] = None,
    unit: Annotated[str, typer.Option(help="What the price is for, such as 'per pallet'.")] = "",
    private: Annotated[bool, typer.Option("--private", help="Show others its status alone.")] = False,
) -> None:
    """Create a trade and print its invitation link on the last line."""
    settings = _settings()
    minutes = expiry_minutes if expiry_minutes is not None else str(settings.expiry_minutes)

    async def draft(application: Application) -> str:
        async with application:
            person = await application.accounts.find(seller)
            trade = await application.trades.draft(
                person,
                title=title,
                description=description,
                price=price,
                quantity=quantity,
                buyer=buyer_name,
                minutes=minutes,
                currency=currency if currency is not None else settings.currency,
                unit=unit,
                private=private or not settings.lists_trades,
            )
            return f"{settings.public_url}/room/{trade.code}"

    with _database(settings, joins=True) as url:
        link = _run(draft(Application(settings, url)))
    _say(f"Created “{title.strip()}”.\n{link}\n")


def _settings(**overrides: object) -> Settings:
    settings = load(**overrides)
    try:
        set_up_logging(settings.log_level, settings.log_format, settings.security_log)
    except OSError as error:
        path = settings.security_log
        raise SettingsError(f"TRADEROOM_SECURITY_LOG: cannot write to {path} ({error.strerror}).") from None
    return settings


@contextlib.contextmanager
def _database(settings: Settings, *, joins: bool = False) -> Iterator[str]:
    """The address of a database with the newest schema; the embedded one is started for as long as it is needed.

    `joins`: a command that may use the server that a running `serve` has started.
    """
    unused = connection.forget_environment()
    if settings.database_url:
        if unused:
            log.warning("not used: %s; what the connection needs stands in TRADEROOM_DATABASE_URL", ", ".join(unused))
        owner = settings.owner_url or settings.database_url
        asyncio.run(engine.check_server(owner))
        schema.migrate(owner, runs_as=connection.role(settings.database_url) if settings.owner_url else "")
        if settings.owner_url:
            asyncio.run(engine.check_server(settings.database_url))
        yield settings.database_url
        return
    server = (embedded.join(settings.data_dir) if joins else None) or embedded.start(settings.data_dir)
    with server:
        schema.migrate(server.url, runs_as=schema.RUNS_AS)
        yield make_conninfo(server.url, user=schema.RUNS_AS)


def _run(coroutine: Coroutine[Any, Any, T]) -> T:
    try:
        return run(coroutine)
    except KeyboardInterrupt:
        sys.exit(130)
