"""OpenFeature's Python SDK with its OFREP provider, as a service would use it. Says each answer as a line of JSON."""

import json
import sys
import time

from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext

url, token = sys.argv[1:]
api.set_provider(OFREPProvider(url, headers_factory=lambda: {"Authorization": f"Bearer {token}"}))
client = api.get_client()
UNIT = EvaluationContext(targeting_key="python-unit", attributes={"plan": "premium"})
DEFAULT = {"mine": True}


def say(step, details):
    print(json.dumps({
        "step": step,
        "value": details.value,
        "variant": details.variant,
        "reason": str(details.reason),
        "error": None if details.error_code is None else str(details.error_code.value),
        "metadata": dict(details.flag_metadata or {}),
    }), flush=True)


say("object", client.get_object_details("plan_exp", DEFAULT, UNIT))
say("string", client.get_string_details("mail", "none", UNIT))
say("disabled", client.get_object_details("draft_exp", DEFAULT, UNIT))
say("unknown", client.get_object_details("nothing", DEFAULT, UNIT))
say("no unit", client.get_object_details("plan_exp", DEFAULT, EvaluationContext(attributes={"plan": "free"})))
say("bad unit", client.get_object_details("plan_exp", DEFAULT, EvaluationContext(targeting_key="u" * 300)))
say("wrong type", client.get_boolean_details("plan_exp", True, UNIT))

# The test rolls back as soon as it sees that this unit was assigned.
began = time.monotonic()
before = client.get_object_details("ramp_exp", DEFAULT, UNIT)
say("before", before)
while time.monotonic() - began < 90:
    after = client.get_object_details("ramp_exp", DEFAULT, UNIT)
    if after.variant != before.variant:
        say("after", after)
        print(json.dumps({"step": "waited", "seconds": round(time.monotonic() - began, 2)}), flush=True)
        break
    time.sleep(0.05)
