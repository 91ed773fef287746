"""The command line as a proctor uses it: each command once for real, and what it says when it cannot."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import transcripts
from conftest import TREE, Kit, Lay

from graders import variant
from graders.model import SLUGS

COMMANDS = sorted({path.stem for path in transcripts.HERE.glob("*.txt")} - {"kit"})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(kit: Kit, command: str) -> None:
    done = kit(command, "--help")
    assert done.returncode == 0
    assert f"Example: kit {command}" in done.stdout


def test_start_hands_out_exactly_the_broken_exercise(kit: Kit, tmp_path: Path) -> None:
    done = kit("start", "--no-serve", "ada")
    assert done.returncode == 0
    found = {
        path.relative_to(tmp_path / "ada").as_posix(): path.read_text()
        for path in (tmp_path / "ada").rglob("*")
        if path.is_file()
    }
    assert found == variant.exercise(TREE)


def test_start_with_a_seed_fills_the_database(kit: Kit, tmp_path: Path) -> None:
    done = kit("start", "--no-serve", "--seed", "5")
    assert "1000 products" in done.stdout
    assert (tmp_path / "workspace" / "shop.db").is_file()


def test_a_swap_saves_edits_and_restore_brings_them_back(kit: Kit, tmp_path: Path) -> None:
    kit("start", "--no-serve")
    edited = tmp_path / "workspace" / "app" / "catalog.py"
    edited.write_text("# mine\n")
    (tmp_path / "workspace" / "notes.txt").write_text("remember")
    done = kit("start", "--fix", "zero-pool", "--no-serve")
    assert edited.read_text() == variant.exercise(TREE)["app/catalog.py"]
    assert "REPORT_THREADS = 10" in (tmp_path / "workspace" / "app" / "database.py").read_text()
    name = done.stdout.split("kit restore ")[1].split()[0]
    (tmp_path / "workspace" / "notes.txt").unlink()
    edited.write_text("# mine again\n")
    done = kit("restore", name)
    assert done.returncode == 0
    assert edited.read_text() == "# mine\n"
    assert (tmp_path / "workspace" / "notes.txt").read_text() == "remember"
    again = done.stdout.split("kit restore ")[1].split()[0]
    kit("restore", again)
    assert edited.read_text() == "# mine again\n"


def test_restore_saves_whatever_it_overwrites(kit: Kit, tmp_path: Path) -> None:
    kit("start", "--no-serve")
    (tmp_path / "workspace" / "notes.txt").write_text("first")
    (tmp_path / "workspace" / "app" / "rates.py").write_text("# mine\n")
    name = kit("start", "--broken", "--no-serve").stdout.split("kit restore ")[1].split()[0]
    (tmp_path / "workspace" / "notes.txt").write_text("second")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "README.md").write_text("a letter")
    for folder, path, content in (
        ("workspace", "notes.txt", "second"),
        ("elsewhere", "README.md", "a letter"),
    ):
        saved = kit("restore", name, folder).stdout.split("kit restore ")[1].split()[0]
        assert (tmp_path / folder / path).read_text() != content
        kit("restore", saved)
        assert (tmp_path / folder / path).read_text() == content


def test_the_database_of_somebody_else_is_never_touched(tmp_path: Path, lay: Lay) -> None:
    mine = tmp_path / "mine.db"
    mine.write_bytes(b"precious")
    command = [sys.executable, "-m", "debugkit", "start", "--no-serve", "--seed", "3", str(lay())]
    env = {"DATABASE_URL": f"sqlite:///{mine}", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, env=env, check=True, capture_output=True)
    assert mine.read_bytes() == b"precious"
    assert (tmp_path / "shop" / "shop.db").is_file()


def test_a_database_that_is_there_is_put_aside_and_that_is_said(kit: Kit, tmp_path: Path) -> None:
    kit("start", "--no-serve", "--seed", "1")
    before = (tmp_path / "workspace" / "shop.db").read_bytes()
    done = kit("start", "--no-serve", "--seed", "2")
    assert "shop.db.before-1" in done.stdout
    assert (tmp_path / "workspace" / "shop.db.before-1").read_bytes() == before
    assert (tmp_path / "workspace" / "shop.db").read_bytes() != before


def test_an_empty_folder_and_a_link_to_one_are_filled_in_place(kit: Kit, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("empty")
    inode = (tmp_path / "empty").stat().st_ino
    assert kit("start", "--no-serve", "link").returncode == 0
    assert (tmp_path / "empty" / "app" / "main.py").is_file()
    assert (tmp_path / "empty").stat().st_ino == inode
    assert kit("start", "--no-serve", "ada", cwd=tmp_path / "empty" / "app").returncode == 2
    (tmp_path / "here").mkdir()
    assert kit("start", "--no-serve", ".", cwd=tmp_path / "here").returncode == 0
    assert (tmp_path / "here" / "app" / "main.py").is_file()


def test_a_closed_standard_input_and_an_ascii_terminal_are_no_matter(lay: Lay, tmp_path: Path) -> None:
    command = f"{sys.executable} -m debugkit grade {lay()} --only missing-model <&-"
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(["sh", "-c", command], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "0 of 15" in done.stdout


def test_a_swap_of_an_unedited_workspace_saves_nothing(kit: Kit, tmp_path: Path) -> None:
    kit("start", "--no-serve")
    done = kit("start", "--fixed", "--no-serve")
    assert "restore" not in done.stdout
    assert not (tmp_path / "state" / "debugkit" / "saved").exists()
    assert {
        path: (tmp_path / "workspace" / path).read_text() for path in variant.exercise(TREE)
    } == variant.files(TREE, SLUGS)


def test_grade_prints_json_and_writes_the_same(kit: Kit, lay: Lay, tmp_path: Path) -> None:
    folder = lay(["missing-model"])
    done = kit(
        "grade",
        str(folder),
        "--only",
        "missing-model",
        "--seed",
        "9",
        "--json",
        "--export-json",
        "report.json",
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report == json.loads((tmp_path / "report.json").read_text())
    assert (report["seed"], report["score"], report["verdict"]) == (9, 15, "fixed")
    assert report["submission"]["changed"] == ["app/database.py"]
    assert not list(tmp_path.glob(".kit-*"))


def test_grade_shows_a_table_and_says_by_its_exit_code_that_not_all_is_fixed(kit: Kit, lay: Lay) -> None:
    done = kit("grade", "--only", "missing-model,zero-pool", cwd=lay(["zero-pool"]))
    assert done.returncode == 1
    assert "20 of 35" in done.stdout
    assert "a JSON body with a user_id is accepted and stored" in done.stdout
    assert done.stderr == ""


def test_a_missing_package_cannot_be_judged(kit: Kit, lay: Lay) -> None:
    done = kit("grade", str(lay((), "lacks_a_package")), "--only", "zero-pool")
    assert done.returncode == 3
    assert "a_package_that_nobody_has" in done.stderr


def test_reveal_tells_everything_or_one_thing(kit: Kit) -> None:
    whole = kit("reveal", "n-plus-one").stdout
    assert "## Why the fix works" in whole
    assert "outerjoin" in whole
    hint = kit("reveal", "n-plus-one", "--hint", "1").stdout
    assert "limit" in hint
    assert "outerjoin" not in hint
    assert kit("reveal", "zero-pool", "--diff").stdout == (TREE / "solutions/zero-pool/fix.patch").read_text()


def test_list_names_the_bugs(kit: Kit) -> None:
    lines = kit("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(SLUGS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade", "nowhere"], ["app/main.py", "nowhere"]),
        (["grade", "--only", "n-plus-on"], ["n-plus-on", "Did you mean n-plus-one?"]),
        (["grade", "--seed", "many"], ["--seed", "integer"]),
        (["start", "--broken", "--fixed", "--no-serve"], ["choose one"]),
        (["start", "full", "--no-serve"], ["not empty", "another folder"]),
        (["start", "full/letter.txt", "--no-serve"], ["is a file"]),
        (["start", "--fix", ",", "--no-serve"], ["at least one"]),
        (["grade", "--only", ","], ["at least one"]),
        (["reveal", "zero-pool,n-plus-one"], ["There is no bug"]),
        (["reveal", "zero-pool", "--hint", "1", "--diff"], ["choose one"]),
        (["reveal", "cache"], ["unstable-cache"]),
        (["restore", "../../etc"], ["Nothing was saved"]),
        (["restore", "yesterday"], ["Nothing was saved", "nothing yet"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(
    kit: Kit, tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("private")
    done = kit(*arguments)
    assert done.returncode == 2
    assert all(word in done.stderr for word in words)
    assert "Traceback" not in done.stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]


def test_a_taken_port_is_said_before_anything_is_made(kit: Kit, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = kit("start", "--port", str(port))
    assert done.returncode == 2
    assert f"Port {port}" in done.stderr
    assert not (tmp_path / "workspace").exists()


def test_an_export_that_cannot_be_written_is_said(kit: Kit, lay: Lay) -> None:
    for target in ("no/such/folder/r.json", "shop"):
        done = kit("grade", str(lay()), "--only", "missing-model", "--export-json", target)
        assert done.returncode == 2
        assert f"{target} cannot be written" in done.stderr


def test_the_version_is_that_of_the_changelog(kit: Kit) -> None:
    version = kit("--version").stdout.split()[1]
    assert f"\n## {version}" in (TREE / "CHANGELOG.md").read_text()
