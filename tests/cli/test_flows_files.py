"""`frontdesk flows validate` and `test` need no server."""

import tomllib
from codecs import BOM_UTF8
from pathlib import Path

import msgspec
import pytest

from tests.cli.commands import ROOT, Frontdesk

SHIPPED = sorted((ROOT / "flows").glob("*.toml"))

TEN_MISTAKES = """
flow = "Agents offline"
name = "x"
trigger = "widget_open"
colour = 3
[nodes.start]
type = "start"
next.SUCCESS = "chek"
[nodes.check]
type = "agents_offlin"
next.TRUE = "apologise"
[nodes.apologise]
type = "reply"
as = "robot"
text = "hi {{ foo"
next.SUCCESS = "check"
"""


@pytest.fixture
def frontdesk(tmp_path: Path) -> Frontdesk:
    """The command line without any server."""
    return Frontdesk(tmp_path, {})


async def test_the_flows_that_ship_hold(frontdesk: Frontdesk) -> None:
    """Every flow that ships is valid, has scenarios, and keeps them."""
    validated = await frontdesk("flows", "validate", "--json", *SHIPPED)
    assert (validated.code, validated.err) == (0, "")
    assert msgspec.json.decode(validated.out) == {"problems": []}
    tested = await frontdesk("flows", "test", "--json", *SHIPPED)
    assert tested.code == 0
    scenarios = msgspec.json.decode(tested.out)["scenarios"]
    assert {scenario["file"] for scenario in scenarios} == {str(path) for path in SHIPPED}


async def test_the_flow_in_the_documents_holds(frontdesk: Frontdesk, tmp_path: Path) -> None:
    """Whoever begins with the example of docs/flows.md begins with a flow that works."""
    example = (ROOT / "docs" / "flows.md").read_text().split("```toml\n")[1].split("```")[0]
    path = tmp_path / "example.toml"
    path.write_text(example)
    finished = await frontdesk("flows", "test", path)
    assert (finished.code, finished.err) == (0, "")
    assert "1 of 1 scenarios hold" in finished.out


async def test_every_problem_at_once(frontdesk: Frontdesk, tmp_path: Path) -> None:
    """A file with ten mistakes is told all ten, each with code, place, sentence and way out."""
    path = tmp_path / "wrong.toml"
    path.write_text(TEN_MISTAKES)
    finished = await frontdesk("flows", "validate", "--json", path)
    assert (finished.code, finished.err) == (1, "")
    problems = msgspec.json.decode(finished.out)["problems"]
    assert {problem["code"] for problem in problems} >= {
        "unknown_field", "bad_value", "unknown_type", "bad_template", "no_end", "missing_node",
        "endless_loop",
    }  # fmt: skip
    assert len(problems) >= 8
    assert all(problem["detail"] and problem["hint"] and problem["at"] for problem in problems)
    text = await frontdesk("flows", "validate", path)
    assert text.code == 1
    assert "did you mean agents_offline?" in text.out


async def test_any_terminal_will_do(tmp_path: Path) -> None:
    """A terminal that lacks our characters gets others instead; JSON is UTF-8 everywhere."""
    frontdesk = Frontdesk(tmp_path, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})
    path = tmp_path / "wrong.toml"
    path.write_text('flow = "茶"')
    for arguments in (["validate", path], ["validate", "--json", path]):
        async with frontdesk.running("flows", *arguments) as process:
            out, err = await process.communicate()
        assert (process.returncode, err) == (1, b"")
        assert ("茶".encode() in out) == ("--json" in arguments)


async def test_a_broken_promise_fails(frontdesk: Frontdesk, tmp_path: Path) -> None:
    """A scenario that does not hold is named with what it did instead, exit 1."""
    path = tmp_path / "flow.toml"
    path.write_text(SHIPPED[0].read_text().replace("很抱歉", "抱歉", 1))
    finished = await frontdesk("flows", "test", path)
    assert finished.code == 1
    assert "✗ nobody is there" in finished.out
    assert "messages: - expected, + what it did" in finished.out


async def test_a_broken_path_is_shown_step_by_step(frontdesk: Frontdesk, tmp_path: Path) -> None:
    """What was expected stands beside what was done; scripts get both, and the sentence."""
    path = tmp_path / "flow.toml"
    path.write_text(SHIPPED[0].read_text().replace('"check TRUE", ', "", 1))
    finished = await frontdesk("flows", "test", path)
    assert finished.code == 1
    lines = [line.strip() for line in finished.out.splitlines()]
    assert lines[lines.index("path: - expected, + what it did") + 1 :][:4] == [
        "start SUCCESS", "+ check TRUE", "apologise SUCCESS", "end",
    ]  # fmt: skip
    report = msgspec.json.decode((await frontdesk("flows", "test", "--json", path)).out)
    (broken,) = [one for one in report["scenarios"] if not one["passed"]]
    (difference,) = broken["differences"]
    assert difference["what"] == "path"
    assert difference["expected"] == ["start SUCCESS", "apologise SUCCESS", "end"]
    assert broken["failures"][0].startswith("path is ['start SUCCESS', 'check TRUE'")


async def test_what_the_scenarios_cover(frontdesk: Frontdesk, tmp_path: Path) -> None:
    """Nodes and outcomes that no scenario reaches are counted per file, and named."""
    path = tmp_path / "flow.toml"
    path.write_text(SHIPPED[0].read_text().rpartition("[[scenarios]]")[0])
    finished = await frontdesk("flows", "test", path, SHIPPED[1])
    assert finished.code == 0
    assert "covered: 4 of 4 nodes, 3 of 4 outcomes" in finished.out
    assert "never taken: check FALSE" in finished.out
    report = msgspec.json.decode((await frontdesk("flows", "test", "--json", path, SHIPPED[1])).out)
    first, second = report["coverage"]
    assert first == {
        "file": str(path),
        "nodes": {"covered": 4, "all": 4, "missing": []},
        "outcomes": {"covered": 3, "all": 4, "missing": ["check FALSE"]},
    }
    assert second["file"] == str(SHIPPED[1])
    assert second["outcomes"]["missing"] == []


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"[1, 2", b'{"flow": 1', b"flow = ", b"a = [[[[", b"\x00"]
)
async def test_nonsense_is_a_problem(frontdesk: Frontdesk, tmp_path: Path, data: bytes) -> None:
    """What is no flow at all is a problem, never a traceback."""
    path = tmp_path / "nonsense"
    path.write_bytes(data)
    finished = await frontdesk("flows", "validate", path)
    assert (finished.code, finished.err) == (1, "")
    assert "→" in finished.out


@pytest.mark.parametrize("name", ["flow.toml", "flow.json", "flow"])
@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\xff", b"\x00\x01", "flow = 'é'".encode("utf-16")])
async def test_what_is_no_text_is_said(frontdesk: Frontdesk, tmp_path: Path, name: str, data: bytes) -> None:
    """Nobody is asked whether a picture was cut off."""
    path = tmp_path / name
    path.write_bytes(data)
    finished = await frontdesk("flows", "validate", path)
    assert finished.code == 1
    assert "this is not text in UTF-8" in finished.out
    assert "cut off" not in finished.out


async def test_a_byte_order_mark_is_skipped(frontdesk: Frontdesk, tmp_path: Path) -> None:
    """Some editors put one before a text in UTF-8."""
    as_toml, as_json = tmp_path / "flow.toml", tmp_path / "flow"
    as_toml.write_bytes(BOM_UTF8 + SHIPPED[0].read_bytes())
    as_json.write_bytes(BOM_UTF8 + msgspec.json.encode(tomllib.loads(SHIPPED[0].read_text())))
    finished = await frontdesk("flows", "test", as_toml, as_json)
    assert (finished.code, finished.err) == (0, "")


async def test_wrong_usage_is_exit_2(frontdesk: Frontdesk, tmp_path: Path) -> None:
    """A missing file, no file at all, an unknown flag: exit 2 and a sentence on stderr."""
    for arguments in (
        ["validate", "nope.toml"],
        ["test"],
        ["validate", "--nope"],
        ["show", "a@b"],
        ["diff", "a", "b"],
    ):
        finished = await frontdesk("flows", *arguments)
        assert (finished.code, finished.out) == (2, ""), arguments
        assert finished.err.strip()
        assert "Traceback" not in finished.err
