"""The command line as a proctor uses it: each command once for real, and what it says when it cannot."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
import transcripts
from conftest import TREE, Kit, Lay, sentence

from graders import variant
from graders.model import SLUGS

COMMANDS = sorted({path.stem for path in transcripts.HERE.glob("*.txt")} - {"kit"})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(kit_here: Kit, command: str) -> None:
    done = kit_here(command, "--help")
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


def test_a_swap_saves_edits_and_restore_brings_them_back(kit_here: Kit, tmp_path: Path) -> None:
    kit_here("start", "--no-serve")
    edited = tmp_path / "workspace" / "app" / "catalog.py"
    edited.write_text("# mine\n")
    (tmp_path / "workspace" / "notes.txt").write_text("remember")
    done = kit_here("start", "--fix", "zero-pool", "--no-serve")
    assert edited.read_text() == variant.exercise(TREE)["app/catalog.py"]
    assert "REPORT_THREADS = 10" in (tmp_path / "workspace" / "app" / "database.py").read_text()
    name = done.stdout.split("kit restore ")[1].split()[0]
    (tmp_path / "workspace" / "notes.txt").unlink()
    edited.write_text("# mine again\n")
    done = kit_here("restore", name)
    assert done.returncode == 0
    assert edited.read_text() == "# mine\n"
    assert (tmp_path / "workspace" / "notes.txt").read_text() == "remember"
    again = done.stdout.split("kit restore ")[1].split()[0]
    kit_here("restore", again)
    assert edited.read_text() == "# mine again\n"


def test_restore_saves_whatever_it_overwrites(kit_here: Kit, tmp_path: Path) -> None:
    kit_here("start", "--no-serve")
    (tmp_path / "workspace" / "notes.txt").write_text("first")
    (tmp_path / "workspace" / "app" / "rates.py").write_text("# mine\n")
    name = kit_here("start", "--broken", "--no-serve").stdout.split("kit restore ")[1].split()[0]
    (tmp_path / "workspace" / "notes.txt").write_text("second")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "README.md").write_text("a letter")
    for folder, path, content in (
        ("workspace", "notes.txt", "second"),
        ("elsewhere", "README.md", "a letter"),
    ):
        saved = kit_here("restore", name, folder).stdout.split("kit restore ")[1].split()[0]
        assert (tmp_path / folder / path).read_text() != content
        kit_here("restore", saved)
        assert (tmp_path / folder / path).read_text() == content


def test_a_seed_fills_the_database_and_one_that_is_there_is_put_aside(kit: Kit, tmp_path: Path) -> None:
    of_somebody_else = tmp_path / "mine.db"
    of_somebody_else.write_bytes(b"precious")
    env = {"DATABASE_URL": f"sqlite:///{of_somebody_else}"}
    assert "1000 products" in kit("start", "--no-serve", "--seed", "1", env=env).stdout
    before = (tmp_path / "workspace" / "shop.db").read_bytes()
    done = kit("start", "--no-serve", "--seed", "2", env=env)
    assert "shop.db.before-1" in done.stdout
    assert (tmp_path / "workspace" / "shop.db.before-1").read_bytes() == before
    assert (tmp_path / "workspace" / "shop.db").read_bytes() != before
    assert of_somebody_else.read_bytes() == b"precious"


def test_an_empty_folder_and_a_link_to_one_are_filled_in_place(kit_here: Kit, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("empty")
    inode = (tmp_path / "empty").stat().st_ino
    assert kit_here("start", "--no-serve", "link").returncode == 0
    assert (tmp_path / "empty" / "app" / "main.py").is_file()
    assert (tmp_path / "empty").stat().st_ino == inode
    assert kit_here("start", "--no-serve", "ada", cwd=tmp_path / "empty" / "app").returncode == 2
    (tmp_path / "here").mkdir()
    assert kit_here("start", "--no-serve", ".", cwd=tmp_path / "here").returncode == 0
    assert (tmp_path / "here" / "app" / "main.py").is_file()


def test_a_swap_of_an_unedited_workspace_saves_nothing(kit_here: Kit, tmp_path: Path) -> None:
    kit_here("start", "--no-serve")
    done = kit_here("start", "--fixed", "--no-serve")
    assert "restore" not in done.stdout
    assert not (tmp_path / "state" / "debugkit" / "saved").exists()
    assert {
        path: (tmp_path / "workspace" / path).read_text() for path in variant.exercise(TREE)
    } == variant.files(TREE, SLUGS)


def test_grade_prints_json_and_writes_the_same(kit: Kit, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    variant.write(variant.files(TREE, ["missing-model"], ("honest", "blind")), folder)
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
    assert report["submission"]["changed"] == ["app/database.py"]  # how it was presented is no change
    assert not list(tmp_path.glob(".kit-*"))


def test_grade_shows_a_table_and_says_by_its_exit_code_that_not_all_is_fixed(kit: Kit, lay: Lay) -> None:
    """Also where standard input is closed, and the terminal knows nothing but ASCII."""
    closed, env = ["sh", "-c", 'exec "$@" <&-', "sh"], {"PYTHONIOENCODING": "ascii"}
    words = ("grade", "--only", "missing-model,zero-pool")
    done = kit(*words, cwd=lay(["missing-model"]), env=env, prefix=closed)
    assert done.returncode == 1
    assert "15 of 35" in done.stdout
    assert "a report answers" in done.stdout
    assert done.stderr == ""


def test_a_missing_package_cannot_be_judged(kit: Kit, lay: Lay) -> None:
    done = kit("grade", str(lay((), "lacks_a_package")), "--only", "zero-pool")
    name = "a_package_that_nobody_has"
    assert f"imports {name}, " in sentence(done, 3)
    assert f"grade again with `--with {name}`" in done.stderr


def test_reveal_tells_everything_or_one_thing(kit_here: Kit) -> None:
    whole = kit_here("reveal", "n-plus-one").stdout
    assert "## Why the fix works" in whole
    assert "outerjoin" in whole
    hint = kit_here("reveal", "n-plus-one", "--hint", "1").stdout
    assert "limit" in hint
    assert "outerjoin" not in hint
    diff = kit_here("reveal", "zero-pool", "--diff").stdout
    assert diff == (TREE / "solutions/zero-pool/fix.patch").read_text()


def test_list_names_the_bugs(kit_here: Kit) -> None:
    lines = kit_here("list").stdout.splitlines()
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
    kit_here: Kit, tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("private")
    done = kit_here(*arguments)
    assert done.returncode == 2
    assert all(word in done.stderr for word in words)
    assert "Traceback" not in done.stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]


def test_a_taken_port_is_said_before_anything_is_made(kit_here: Kit, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = kit_here("start", "--port", str(port))
    assert done.returncode == 2
    assert f"Port {port}" in done.stderr
    assert not (tmp_path / "workspace").exists()


def test_an_export_that_cannot_be_written_is_said(kit_here: Kit, lay: Lay) -> None:
    for target in ("no/such/folder/r.json", "shop"):
        done = kit_here("grade", str(lay()), "--only", "missing-model", "--export-json", target)
        assert done.returncode == 2
        assert f"{target} cannot be written" in done.stderr


def test_the_version_is_that_of_the_changelog(kit: Kit) -> None:
    version = kit("--version").stdout.split()[1]
    assert f"\n## {version}" in (TREE / "CHANGELOG.md").read_text()
