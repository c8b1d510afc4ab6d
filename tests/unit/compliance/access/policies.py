"""Policies made up for tests, and what IAM's reference says of a request under them."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from itertools import product
from typing import Any

from hypothesis import strategies as st

from holdfast.compliance.access.document import Statement, parse

BUCKET = "arn:aws:s3:::data"
BOTH = [BUCKET, f"{BUCKET}/*"]
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}
ORG = {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}
DENIAL = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": BOTH,
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def read(*statements: object) -> tuple[Statement, ...]:
    """Read a policy of these statements."""
    return parse({"Version": "2012-10-17", "Statement": list(statements)})


def without(statement: dict[str, Any], element: str) -> dict[str, Any]:
    """Leave an element out of a statement."""
    return {name: value for name, value in statement.items() if name != element}


who = st.sampled_from(
    ["*", {"AWS": "*"}, {"AWS": "123456789012"}, {"Service": "x.amazonaws.com"}, {"AWS": ["123456789012", "*"]}]
)
principals = st.one_of(
    st.fixed_dictionaries({"Principal": who}),
    st.fixed_dictionaries({"NotPrincipal": st.sampled_from([{"AWS": "123456789012"}, {"AWS": ["123456789012"]}])}),
)
deeds = st.lists(
    st.sampled_from(["s3:GetObject", "s3:Get*", "s3:*Object", "s3:PutObject", "S3:*", "*", "sqs:*"]),
    min_size=1,
    max_size=2,
)
actions = st.one_of(*(st.fixed_dictionaries({element: deeds}) for element in ("Action", "Action", "NotAction")))
places = st.lists(
    st.sampled_from([*BOTH, "*", f"{BUCKET}/a/*", f"{BUCKET}*", f"{BUCKET}/?", "arn:aws:s3:::*"]),
    min_size=1,
    max_size=2,
)
resources = st.one_of(
    *(st.fixed_dictionaries({element: places}) for element in ("Resource", "Resource", "NotResource"))
)
operators = st.sampled_from(
    [
        "StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIfExists",
        "StringNotEqualsIfExists", "ForAllValues:StringEquals", "ForAnyValue:StringEquals",
        "ForAnyValue:StringNotEquals", "ForAllValues:StringNotEquals",
    ]
)  # fmt: skip
keys = st.sampled_from(["aws:PrincipalOrgID", "aws:SourceVpc", "aws:Referer", "s3:prefix"])
values = st.lists(st.sampled_from(["o-1", "vpc-1", "*", "vpc-*", "mine"]), min_size=1, max_size=2)
ranges = st.lists(st.sampled_from(["203.0.113.0/24", "0.0.0.0/1", "0.0.0.0/0"]), min_size=1)
tests = st.one_of(
    st.tuples(operators, st.dictionaries(keys, values, min_size=1, max_size=2)),
    st.tuples(
        st.sampled_from(["IpAddress", "NotIpAddress", "IpAddressIfExists"]),
        st.fixed_dictionaries({"aws:SourceIp": ranges}),
    ),
    st.tuples(st.just("Bool"), st.sampled_from([{"aws:SecureTransport": "false"}, {"aws:SecureTransport": False}])),
)
conditions = st.lists(tests, max_size=2).map(dict)


def statements(effect: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Make up statements, each element in both of its forms."""
    return st.builds(
        lambda *parts: {name: value for part in parts for name, value in part.items()},
        st.fixed_dictionaries({"Effect": effect, "Condition": conditions}),
        principals,
        actions,
        resources,
    )


policies = st.lists(statements(st.sampled_from(["Allow", "Deny"])), max_size=4)

STRANGERS: list[dict[str, str]] = [
    {"aws:sourceip": ip, "aws:securetransport": secure, **more}
    for ip, secure in product(("198.51.100.7", "9.9.9.9"), ("true", "false"))
    for more in (
        {},
        {"aws:principalorgid": "o-stranger"},
        {"aws:principalorgid": "o-stranger", "aws:sourcevpc": "vpc-stranger"},
        {"aws:referer": "mine", "s3:prefix": "mine"},
        {"aws:referer": "o-1", "s3:prefix": "vpc-1"},
        {"aws:referer": "vpc-1", "s3:prefix": "stranger"},
    )
]
ASKED = [
    ("s3:GetObject", f"{BUCKET}/a/b"),
    ("s3:GetObject", f"{BUCKET}/z"),
    ("s3:PutObject", f"{BUCKET}/z"),
    ("s3:PutObject", f"{BUCKET}/a/b"),
    ("s3:ListBucket", BUCKET),
    ("s3:DeleteBucketPolicy", BUCKET),
]


def holds(operator: str, key: str, wanted: Any, request: dict[str, str]) -> bool:
    """Evaluate one test as the IAM reference describes it."""
    quantifier, _, bare = operator.rpartition(":")
    lenient, bare = bare.endswith("IfExists"), bare.removesuffix("IfExists")
    texts = [str(one).lower() if isinstance(one, bool) else one for one in _list(wanted)]
    value = request.get(key.lower())
    negated = "Not" in bare
    if value is None:
        return lenient or quantifier == "ForAllValues" or (negated and quantifier != "ForAnyValue")
    if "Ip" in bare:
        found = any(ip_address(value) in ip_network(one) for one in texts)
    elif "Like" in bare:
        found = any(fnmatchcase(value, one) for one in texts)
    else:
        found = value in texts
    return found is not negated


def applies(statement: dict[str, Any], action: str, resource: str, request: dict[str, str]) -> bool:
    """Tell whether a statement applies to a request of someone whom no policy here names."""
    named = statement.get("Principal")
    return (
        ("NotPrincipal" in statement or named == "*" or "*" in named.get("AWS", ()))  # type: ignore[union-attr]
        and _means(statement, "Action", action.lower())
        and _means(statement, "Resource", resource)
        and all(
            holds(operator, key, wanted, request)
            for operator, block in statement.get("Condition", {}).items()
            for key, wanted in block.items()
        )
    )


def let_in(policy: list[dict[str, Any]], *, secure: str | None = None) -> Iterator[str]:
    """Name every action that some stranger gets done."""
    for (action, resource), request in product(ASKED, STRANGERS):
        if secure is not None and request["aws:securetransport"] != secure:
            continue
        met = {one["Effect"] for one in policy if applies(one, action, resource, request)}
        if met == {"Allow"}:
            yield action


def _means(statement: dict[str, Any], element: str, text: str) -> bool:
    lower = element == "Action"
    patterns = _list(statement.get(element, statement.get(f"Not{element}")))
    found = any(fnmatchcase(text, one.lower() if lower else one) for one in patterns)
    return found if element in statement else not found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
