"""What the robot, or an agent's name, says to the visitor."""

from typing import Annotated, Literal

from msgspec import Meta

from contracts.flow import MAX_TEXT
from contracts.ids import TOKEN_PATTERN, AgentId
from contracts.run import MessagePosted
from services.flow_executor.engine.expressions import EvaluationError
from services.flow_executor.engine.facts import Look, UnknownVariable
from services.flow_executor.engine.node import Done, Failure, NodeConfig, NodeType, Reference, Result
from services.flow_executor.engine.texts import Text

ROBOT = AgentId("robot")
Speaker = Annotated[AgentId, Meta(pattern=TOKEN_PATTERN, description='"robot" or the id of an agent')]


class Reply(NodeConfig, frozen=True, kw_only=True, rename={"author": "as"}):
    """A message to the visitor."""

    author: Speaker = ROBOT
    channel: Literal["web", "email"] = "web"
    notify_agents: bool = False
    text: Annotated[Text, Meta(description=f"text of 1 to {MAX_TEXT} characters, or one per locale")]


def _references(config: Reply) -> tuple[Reference, ...]:
    return () if config.author == ROBOT else (Reference("as", "agent", config.author),)


def _reply(config: Reply, look: Look) -> Result:
    try:
        text = config.text.render(look)
    except UnknownVariable as exc:
        return Failure("unknown_variable", str(exc))
    except EvaluationError as exc:
        return Failure(exc.code, exc.detail)
    if not text.strip():
        return Failure("empty_text", "the text came out empty; give its variables a default")
    if len(text) > MAX_TEXT:
        return Failure("text_too_long", f"the text came out with more than {MAX_TEXT} characters")
    posted = MessagePosted(
        k=1, author=config.author, channel=config.channel, text=text, notify_agents=config.notify_agents
    )
    return Done("SUCCESS", (posted,))


TYPES = (
    NodeType(
        name="reply",
        zh="以座席用户回复消息",
        en="Reply",
        icon="message",
        config=Reply,
        outcomes=("SUCCESS", "FAILED"),
        references=_references,
        decide=_reply,
    ),
)
