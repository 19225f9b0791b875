"""When a node of each type is FAILED, and what the types without fields do: sentences of the catalogue's page."""

ABOUT = {
    "start": "Where every run begins; a flow has one.",
    "end": "Where a run is over.",
    "has_agent": "Whether somebody looks after the visitor by now, in this run or before it.",
    "assign_all": "All agents of the team look after the visitor from now on.",
}
"""Of the types that have no fields."""

_RENDERED = "a variable does not exist or cannot be calculated with"
_WORK = "no worker ends it in time"

FAILED = {
    "agents_offline": "the team has no such group any more",
    "has_agent": "never, so far",
    "logic": "a variable does not exist, or the values at hand cannot be calculated with",
    "regex": "the variable does not exist, or holds more than the pattern can search",
    "branch": "the variable does not exist",
    "working_hours": "neither the node nor the team has hours",
    "in_segment": "the team has no such segment any more, or its filter cannot be answered: a variable does not exist",
    "reply": f"{_RENDERED}; the text comes out empty or too long; the canned message is gone; by e-mail: the visitor's "
    "`user_email` is not known, or the mail was not taken",
    "wait": "never, so far",
    "assign_all": "the team has no agents",
    "assign_any": "the team has no agents; with `online_only`, none is online",
    "assign_agent": "the team has no such agent any more",
    "assign_group": "the team has no such group any more, or nobody is in it; with `require`, none of it is online",
    "convert": "the team has no such customer type any more",
    "set_field": f"{_RENDERED}; the value is too long, or does not fit the type that the team gives the field",
    "appearance": _RENDERED,
    "predict_answer": "the answer that fits says nothing in the visitor's language",
    "http_request": f"{_RENDERED}; the host is not allowed; nobody answers; the status is 4xx or, at the last "
    f"attempt, 429 or 5xx; {_WORK}",
    "send_email": f"{_RENDERED}; the address comes out as none; no mail server is set, or it refuses; {_WORK}",
    "notify_agents": f"{_RENDERED}; a webhook refuses, or cannot be reached; {_WORK}",
}
"""By type; as it stands after `FAILED:`."""
