"""Settings: what they are when nobody sets them, and one line for each wrong value."""

import os
import stat
from pathlib import Path

import pytest

from app.settings import PREFIX, Settings, SettingsError, load

DATABASE = "postgresql://user:hidden-password@db.example/traderoom"
SECRET = "a long random text of nobody's"


@pytest.fixture(autouse=True)
def _nothing_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in the environment nor in a file."""
    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch):
    """Sets settings by the environment and loads them."""

    def load_with(**settings: str) -> Settings:
        for name, value in settings.items():
            monkeypatch.setenv(PREFIX + name.upper(), value)
        return load()

    return load_with


def test_without_any_setting_it_is_the_demo_on_this_machine() -> None:
    settings = load()
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8080, "http://localhost:8080")
    assert (settings.database_url, settings.data_dir) == ("", Path(".data"))
    assert (settings.expiry_minutes, settings.worker, settings.demo) == (30, True, True)
    assert (settings.limit_sign_up, settings.limit_sign_in) == ("30/minute", "60/minute")
    assert (settings.log_level, settings.log_format) == ("INFO", "text")


WRONG = {
    "HOST": ["", "\u200b", "a b", "http://x", "[]", ":::", "[::1]:80", "localhost:8080"],
    "DATABASE_URL": ["mysql://db.example/x", "db.example", "sqlite:///x", "http://[", "/var/run/postgresql"],
    "PORT": ["0", "65536", "-1", "http", "", "80.5"],
    "HEALTH_PORT": ["0", "65536", "http", "80.5"],
    "PUBLIC_URL": [
        *("trade.example.com", "ftp://x.example", "https://", "https://x.example/path", "http://[", "//x"),
        *("https://x.example:http", "https://x.example?a", "https://x.example#a", "https://me:secret@x.example"),
        *("https://x.example:65536", "http://x.example:0"),
        *("https://x.example;script-src *", "https://x y.example", "https://h\u00e4user.example"),
    ],
    "TRUSTED_PROXIES": ["localhost", "10.0.0.1/8", "127.0.0.1 10.0.0.1", "127.0.0.1, 300.1.1.1", "127.0.0.1:80"],
    "SECRET": ["short", "x" * 15, "\udcff" * 20],
    "DATA_DIR": ["", " ", "/data/\udcff", "/data\n", "a\rb", "~nobody-of-this-name/data"],
    "SECURITY_LOG": ["~nobody-of-this-name/security.log"],
    "EXPIRY_MINUTES": ["0", "525601", "-5", "soon", "", "1.5"],
    "WORKER": ["perhaps", "2", ""],
    "PATCHES": ["perhaps", "2", ""],
    "DEMO": ["perhaps", "2", ""],
    "LIMIT_SIGN_UP": ["often", "30", "30/fortnight", "-1/minute", "30/minute;5/second", "30/minute, 5/hour", ""],
    "LIMIT_SIGN_IN": ["often", ""],
    "LIMIT_MOVES": ["often", ""],
    "LIMIT_ROOMS": ["often", ""],
    "LIMIT_GUESSES": ["often", ""],
    "LIMIT_GUESSES_AT_NAME": ["often", ""],
    "LIMIT_MESSAGES": ["often", ""],
    "LIMIT_EXPORTS": ["often", ""],
    "LIMIT_MAILS": ["often", ""],
    "LIMIT_MAILS_TO_ONE": ["often", ""],
    "SMTP_URL": ["mail.example.com", "http://h", "smtp://", "smtp://h:0", "smtp://h:x", "smtp://u:p#1@h", "smtp://h/x"],
    "MAIL_FROM": [
        *("noreply", "Traderoom <>", "<>", "@example.com", "a@", " ", "z\u00f6@example.com", "a b@example.com"),
        *("a@example.com, b@example.com", "Room@Home <a@example.com>", "Room: home <a@example.com>"),
    ],
    "LIMIT_OPEN_TRADES": ["0", "-1", "many", ""],
    "LIMIT_PAGES": ["0", "-1", "many", ""],
    "LIMIT_CONNECTIONS": ["0", "-1", "many", ""],
    "LIMIT_CONNECTIONS_OF_ONE": ["0", "-1", "many", ""],
    "CURRENCY": ["DOLLARS", "BHD", "XXX", ""],
    "DASHBOARD": ["hidden", ""],
    "LOG_LEVEL": ["loud", ""],
    "LOG_FORMAT": ["xml", ""],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_one_line_that_names_its_setting(given, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        given(**{name: value})
    said = str(caught.value)
    assert said.startswith(PREFIX + name)
    assert len(said) > len(PREFIX + name) + 10
    assert "\n" not in said


def test_every_setting_that_can_be_wrong_is_tried() -> None:
    anything_goes = {"ALLOWED_HOSTS", "OWNER_URL", "SECURITY_LOG"}
    assert {name.upper() for name in Settings.model_fields} == set(WRONG) | anything_goes


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"database_url": DATABASE}, "SECRET"),
        ({"database_url": DATABASE, "secret": SECRET, "demo": "true"}, "DEMO"),
    ],
)
def test_settings_that_do_not_go_together_are_one_line_too(given, settings: dict[str, str], names: str) -> None:
    with pytest.raises(SettingsError) as caught:
        given(**settings)
    assert str(caught.value).startswith(PREFIX + names)
    assert "hidden-password" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        *("mysql://user:hidden-password@db.example/x", "user:hidden-password@db.example"),
        *("Postgresql://user:hidden-password@db.example/x", "postgresql:/user:hidden-password@db.example/x"),
        *("postgresql:user:hidden-password@db.example/x", "postgresql://user:p%hidden-password@db.example/x"),
        *("postgresql://user:p@hidden-password@db.example/x", "postgresql://user:p/hidden-password@db.example/x"),
    ],
)
def test_a_wrong_address_does_not_tell_its_password(given, url: str) -> None:
    for name in ("database_url", "owner_url"):
        with pytest.raises(SettingsError) as caught:
            given(**{name: url})
        assert "hidden-password" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        *("postgresql://user:p%40ss@db.example/x?sslmode=require", "postgres://u:p@[::1]:5432/x", "postgresql:///x"),
        *("postgresql://u@%2Frun%2Fpg:5433/x", "postgresql://a:1,b:2/x?target_session_attrs=read-write"),
        "postgresql://db.example?user=u&password=p@ss",
    ],
)
def test_an_address_of_any_kind_is_taken_without_the_blanks_around_it(given, url: str) -> None:
    assert given(database_url=f" {url}\n", secret=SECRET).database_url == url


@pytest.mark.parametrize(
    ("settings", "demo"),
    [
        ({}, True),
        ({"host": "localhost"}, True),
        ({"host": "::1"}, True),
        ({"host": "127.0.0.2"}, True),
        ({"host": "0.0.0.0"}, False),
        ({"host": "192.0.2.1"}, False),
        ({"database_url": DATABASE, "secret": SECRET}, False),
        ({"demo": "false"}, False),
        ({"host": "0.0.0.0", "demo": "true"}, True),
    ],
)
def test_the_demo_is_for_this_machine_unless_it_is_asked_for(given, settings: dict[str, str], demo: bool) -> None:
    assert given(**settings).demo is demo


@pytest.mark.parametrize(
    ("settings", "public_url"),
    [
        ({"port": "9000"}, "http://localhost:9000"),
        ({"host": "::1"}, "http://localhost:8080"),
        ({"host": "192.0.2.1"}, "http://192.0.2.1:8080"),
        ({"host": "2001:db8::1"}, "http://[2001:db8::1]:8080"),
        ({"host": "[2001:db8::1]"}, "http://[2001:db8::1]:8080"),
        ({"public_url": "HTTPS://Trade.Example.com"}, "https://trade.example.com"),
        ({"public_url": "https://trade.example.com/"}, "https://trade.example.com"),
        ({"public_url": "https://trade.example.com:8443"}, "https://trade.example.com:8443"),
    ],
)
def test_invitation_links_start_where_people_reach_the_server(given, settings: dict[str, str], public_url: str) -> None:
    assert given(**settings).public_url == public_url


def test_links_of_a_server_for_everybody_name_this_machine(given) -> None:
    public_url = given(host="0.0.0.0").public_url
    assert public_url.endswith(":8080")
    assert "0.0.0.0" not in public_url


@pytest.mark.parametrize(
    ("host_header", "answers"),
    [
        ("trade.example.com", True),
        ("TRADE.example.com:443", True),
        ("other.example", True),
        ("localhost:8080", True),
        ("127.0.0.1", True),
        ("[::1]:8080", True),
        ("evil.example", False),
        ("trade.example.com.evil.example", False),
        ("", False),
        ("[", False),
        ("a@trade.example.com", True),
    ],
)
def test_a_server_answers_to_its_own_names_and_to_addresses(given, host_header: str, answers: bool) -> None:
    settings = given(public_url="https://trade.example.com", allowed_hosts="one.example, Other.Example")
    assert settings.answers_to(host_header) is answers


def test_https_is_known_by_the_public_address(given) -> None:
    assert not load().https
    assert given(public_url="https://trade.example.com").https


def test_a_file_sets_what_the_environment_does_not_and_the_command_line_wins(given, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TRADEROOM_PORT=9001\nTRADEROOM_EXPIRY_MINUTES=5\nSOMETHING_ELSE=1\n")
    assert (load().port, load().expiry_minutes) == (9001, 5)
    assert given(port="9002").port == 9002
    assert load(port=9003, host=None).port == 9003


def test_a_file_that_is_no_text_is_one_line_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"TRADEROOM_PORT=\xff\xfe")
    with pytest.raises(SettingsError):
        load()


@pytest.mark.parametrize("line", ["TRADEROOM_DATABASE_URL='postgresql://db.example/x", "TRADEROOM_PORT 9001", "= 5"])
def test_a_line_of_the_file_that_cannot_be_read_stops_the_start(tmp_path: Path, line: str) -> None:
    """It was left out with a warning, and without its database the demo started, whose passwords everybody knows."""
    (tmp_path / ".env").write_text(f"# ours\n{line}\nTRADEROOM_EXPIRY_MINUTES=5\n")
    with pytest.raises(SettingsError, match=r"^\.env: .* line 2$"):
        load()


def test_the_generated_secret_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path / "new" / "data")
    secret = settings.resolve_secret()
    path = tmp_path / "new" / "data" / "secret"
    assert len(secret) >= 40
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert settings.resolve_secret() == load(data_dir=path.parent).resolve_secret() == secret
    assert load(data_dir=tmp_path / "other").resolve_secret() != secret


def test_a_path_may_begin_with_the_home_of_whoever_starts_it(given) -> None:
    """A shell leaves it as it is in quotes and in `.env`; a directory named `~` was made."""
    settings = given(data_dir="~/data", security_log="~/security.log")
    assert (settings.data_dir, settings.security_log) == (Path.home() / "data", Path.home() / "security.log")


@pytest.mark.parametrize("host", ["localhost", "LocalHost", "127.0.0.1", "127.1.2.3", "::1"])
def test_the_demo_starts_wherever_only_this_machine_can_reach_it(given, host: str) -> None:
    assert given(host=host).demo


def test_a_secret_that_is_set_is_kept_nowhere(given, tmp_path: Path) -> None:
    assert given(secret=SECRET, data_dir=str(tmp_path / "data")).resolve_secret() == SECRET
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("case", ["a file", "in a file", "an empty secret", "a directory for a secret", "not a text"])
def test_a_data_directory_that_cannot_keep_the_secret_is_one_line(tmp_path: Path, case: str) -> None:
    data_dir = tmp_path / "data"
    match case:
        case "a file":
            data_dir.write_text("")
        case "in a file":
            data_dir.write_text("")
            data_dir /= "deeper"
        case "an empty secret":
            data_dir.mkdir()
            (data_dir / "secret").touch()
        case "a directory for a secret":
            (data_dir / "secret").mkdir(parents=True)
        case "not a text":
            data_dir.mkdir()
            (data_dir / "secret").write_bytes(b"\xff\xfe\xff\xfe")
    with pytest.raises(SettingsError) as caught:
        load(data_dir=data_dir).resolve_secret()
    assert "DATA_DIR" in str(caught.value)
    assert "\n" not in str(caught.value)
