"""The command `verify`: what it prints and how it ends, whatever the file holds."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import cli

KEPT = Path(__file__).parent / "proof" / "kept"
RECEIPT, KEY = KEPT / "accepted_1.json", KEPT / "key"
Verify = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    """Runs the command on these bytes; its exit status and the lines that it printed."""

    def verify(raw: bytes | str, key: str = str(KEY)) -> tuple[int, list[str]]:
        path = tmp_path / "receipt.json"
        path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
        result = CliRunner().invoke(cli.cli, ["verify", str(path), "--key", key])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result.exit_code, result.output.splitlines()

    return verify


def test_a_right_receipt_is_told_in_lines(verify: Verify) -> None:
    for key in (str(KEY), KEY.read_text().strip(), KEY.read_text()):
        status, lines = verify(RECEIPT.read_bytes(), key)
        assert status == 0
        assert lines[1:4] == [
            "Seller (person 1): Sam",
            "Buyer (person 2): Bea",
            "Terms, version 2: 900.50 x 2 = 1801.00",
        ]
        assert lines[-1].startswith("Verified: the chain of 10 actions and the signature of 2026-")


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff\xfe", b"{", b"[" * 100_000, b'{"a":' * 100_000, b"null", b"\xef\xbb\xbf{}", b"{}", b'"\\ud800"',
        b"1e999",
        RECEIPT.read_bytes().replace(b'"price": "900.50"', b'"price": "1.00", "price": "900.50"', 1),
        RECEIPT.read_bytes().replace(b'"Bea"', b'"Eve"'), RECEIPT.read_bytes()[:-1],
        RECEIPT.read_bytes().decode().encode("utf-16"), b'{"\\u001b[2J\\u202e": 1, "format": "traderoom-receipt/1"}',
    ],
)  # fmt: skip
def test_a_wrong_one_is_told_in_sentences_and_ends_with_1(verify: Verify, raw: bytes) -> None:
    status, lines = verify(raw)
    assert status == 1
    assert lines
    assert all(line.endswith(".") and line.isprintable() for line in lines)


def test_a_key_s_file_may_lie_deep(verify: Verify, tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d" * 60] * 4)
    deep.mkdir(parents=True)
    (deep / "key").write_bytes(KEY.read_bytes())
    assert verify(RECEIPT.read_bytes(), str(deep / "key"))[0] == 0


def test_a_wrong_key_is_told_in_a_sentence(verify: Verify, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff" * 1_000)
    for key in ("", "A", "A" * 300, "\u0410" * 44, str(tmp_path / "key"), str(tmp_path)):
        status, lines = verify(RECEIPT.read_bytes(), key)
        assert (status, lines) == (
            1,
            ["The public key to verify with is not one: it takes 32 bytes in base64, or a file that holds them."],
        )


def test_a_terminal_that_does_not_know_the_letters_of_a_name_gets_their_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(shown, encoding="ascii"))
    cli.verify(RECEIPT, str(KEY))
    sys.stdout.flush()
    title = json.loads(RECEIPT.read_text())["trade"]["title"]
    assert f"Trade 1: {title}".encode("ascii", "backslashreplace") in shown.getvalue()


def test_who_reads_no_further_changes_no_exit_status() -> None:
    """`verify … | head -1`: a status of 1 would say that the receipt was changed."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, str(KEPT.parents[2] / "main.py"), "verify", str(RECEIPT), "--key", str(KEY)]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
