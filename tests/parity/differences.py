"""Compares two records of the mock tenant: the requests of the SDK and of the crate, in the same
order.

Prints every difference and fails if one of them is not expected.
"""

import json
import sys
from urllib.parse import parse_qsl

# Each type is started in three ways, which are described in sdk_requests.py.
WAYS = ["", " with from_dict", " with a plain dictionary"]
# The models of ACCOUNTS and IDENTITIES_DETAILS are tried first, and the latter accepts everything.
LOST_IN_FROM_DICT = [
    "IDENTITY_PROFILE_IDENTITY_ERROR",
    "ORPHAN_IDENTITIES",
    "SEARCH_EXPORT",
    "UNCORRELATED_ACCOUNTS",
]


def expected(label, part, sdk, crate):
    """Returns why a difference is expected, or None."""
    if (label, part, sdk, crate) == ("token", "accept", None, "application/json"):
        return "the SDK does not say what it accepts, the crate does; both are right"
    if part != "body":
        return None
    for report_type in LOST_IN_FROM_DICT:
        sent = {"reportType": report_type, "arguments": {"correlatedOnly": False}}
        if (label, sdk) == (f"startReport {report_type}{WAYS[1]}", sent):
            return "a fault of the SDK: it takes the arguments for those of IDENTITIES_DETAILS"
    if label.endswith(WAYS[2]) and sdk == {"reportType": label.split()[1], "arguments": None}:
        return "a fault of the SDK: it accepts the dictionary and sends null"
    return None


def body(request):
    """Returns the body as decoded form fields or as JSON, or None if it is empty."""
    if request["operation"] == "token":
        return parse_qsl(request["body"], keep_blank_values=True, strict_parsing=True)
    return json.loads(request["body"]) if request["body"] else None


def parts(request):
    """Returns the parts of a request to compare. User-Agent, Host and Accept-Encoding are ignored.
    """

    def header(name):
        return ", ".join(value for known, value in request["headers"] if known == name) or None

    return {
        "method": request["method"],
        "path": request["path"],
        "query": parse_qsl(request["query"] or "", keep_blank_values=True),
        "accept": header("accept"),
        "content-type": header("content-type"),
        # The tokens of two tenants differ, but the authentication scheme must not.
        "authorization": (header("authorization") or "none").split(" ")[0],
        # The lengths differ because the SDK writes whitespace into JSON. The presence of the header
        # matters: some servers reject a POST without it, even if it has no body.
        "content-length": "sent" if header("content-length") else "not sent",
        "body": body(request),
    }


def labels(requests):
    """Returns a name for each request, such as `startReport ACCOUNTS with from_dict`."""
    starts = {}
    for request in requests:
        label = request["operation"]
        if label == "startReport":
            label = f"startReport {body(request)['reportType']}"
            starts[label] = starts.get(label, -1) + 1
            label += WAYS[starts[label]]
        yield label


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main():
    sdk_requests, crate_requests = read(sys.argv[1]), read(sys.argv[2])
    if len(sdk_requests) != len(crate_requests):
        sys.exit(f"the SDK sent {len(sdk_requests)} requests, the crate {len(crate_requests)}")
    differing, found, surprises = 0, 0, 0
    labelled = zip(labels(crate_requests), sdk_requests, crate_requests)
    for number, (label, sdk_request, crate_request) in enumerate(labelled, 1):
        sdk_parts, crate_parts = parts(sdk_request), parts(crate_request)
        # As JSON, because 1 equals True in Python.
        unequal = [
            part
            for part, sdk in sdk_parts.items()
            if json.dumps(sdk, sort_keys=True) != json.dumps(crate_parts[part], sort_keys=True)
        ]
        differing += bool(unequal)
        for part in unequal:
            sdk, crate = sdk_parts[part], crate_parts[part]
            why = expected(label, part, sdk, crate)
            found += 1
            surprises += why is None
            print(f"{number}. {label}: {part}")
            print(f"    SDK    {json.dumps(sdk, ensure_ascii=False)}")
            print(f"    crate  {json.dumps(crate, ensure_ascii=False)}")
            print(f"    {why or 'NOT EXPECTED'}")
    print(f"{len(sdk_requests)} requests, {len(sdk_requests) - differing} of them the same")
    print(f"{found} differences, {surprises} of them not expected")
    sys.exit(surprises > 0)


main()
