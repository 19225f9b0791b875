"""Generated files are those that the contracts of today give, and the table behind them leaves nothing out."""

import re
from pathlib import Path
from typing import cast

import msgspec
from msgspec.structs import fields

from contracts import requests
from contracts.streams import STREAMS
from services.cli.schemas import generated
from services.cli.spoken import ASKED, TOLD
from services.flow_executor.engine.nodes import CATALOGUE

ROOT = Path(__file__).parents[2]


def test_nothing_generated_is_out_of_date() -> None:
    """`make format` writes them anew."""
    assert [
        str(path) for path, text in generated().items() if not path.exists() or path.read_text() != text
    ] == []
    assert set((ROOT / "contracts" / "schema").iterdir()) <= generated().keys()


def test_every_node_type_is_described() -> None:
    """The page and the schema of flows have each type, with its labels, its fields and its outcomes."""
    page = (ROOT / "docs" / "nodes.md").read_text()
    schema = msgspec.json.decode((ROOT / "contracts" / "schema" / "flow.schema.json").read_bytes())
    for name, kind in CATALOGUE.items():
        assert f"\n## {name}\n\n**{kind.zh} · {kind.en}** (icon `{kind.icon}`)." in page
        node = schema["$defs"][f"{name}-node"]
        assert node["properties"]["type"] == {"const": name}
        assert node["properties"].keys() == {field.encode_name for field in fields(kind.config)}
        assert kind.adds or set(node["properties"]["next"]["propertyNames"]["enum"]) == set(kind.outcomes)
    nodes = schema["$defs"]["FlowDefinition"]["properties"]["nodes"]
    assert len(nodes["additionalProperties"]["oneOf"]) == len(CATALOGUE)


def test_asyncapi_refers_to_what_it_has() -> None:
    """Every reference leads somewhere."""
    text = (ROOT / "contracts" / "asyncapi.yaml").read_text()
    api = msgspec.yaml.decode(text, type=dict[str, object])
    for reference in set(re.findall(r"#/([A-Za-z0-9_./-]+)", text)):
        found = api
        for part in reference.split("/"):
            assert part in found, reference
            found = cast("dict[str, object]", found[part])


def test_every_request_and_stream_is_documented() -> None:
    """A new request or stream needs its row in `services.cli.spoken`."""
    told = {row.kind for row in TOLD}
    documented = {row.request for row in ASKED} | told
    structs = [s for s in vars(requests).values() if isinstance(s, type) and issubclass(s, requests.Request)]
    assert [struct.__name__ for struct in structs if struct not in documented] == []
    assert {row.kept for row in TOLD} >= {stream.name for stream in STREAMS}


def test_what_services_answer_is_documented() -> None:
    """Each subject that a service answers stands in the table, and the other way round."""
    answered = {
        subject
        for path in (ROOT / "services").glob("*/app.py")
        for subject in re.findall(r'answer(?:_raw)?\(\s*[\w.]+, "([a-z_.]+)"', path.read_text())
    }
    assert answered == {row.address for row in ASKED}
