"""Who gets in, as a template says it: policy, public access block, ownership and ACL in S3's own shape."""

import json
from typing import Any

from holdfast.compliance.facts import Fact, Unread
from holdfast.compliance.kind import Declared
from holdfast.compliance.partial import Unresolved
from holdfast.compliance.template.s3_parts import known, mapping, truth, unresolved_in

SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
ENFORCED = "BucketOwnerEnforced"
GROUPS = "http://acs.amazonaws.com/groups/"
OWNER = {"Type": "CanonicalUser", "ID": "owner", "DisplayName": "owner"}
CLOSED_ACLS = frozenset({"Private", "BucketOwnerRead", "BucketOwnerFullControl"})
GRANTS = {
    "PublicRead": (("global/AllUsers", "READ"),),
    "PublicReadWrite": (("global/AllUsers", "READ"), ("global/AllUsers", "WRITE")),
    "AuthenticatedRead": (("global/AuthenticatedUsers", "READ"),),
    "LogDeliveryWrite": (("s3/LogDelivery", "WRITE"), ("s3/LogDelivery", "READ_ACP")),
}


def block(configuration: Any) -> Any:
    """Read a public access block: all on where none is written, off what one that is written leaves out."""
    if configuration is None:
        return dict.fromkeys(SETTINGS, True)
    if isinstance(configuration, Unresolved):
        return configuration
    return {setting: truth(mapping(configuration).get(setting, False)) for setting in SETTINGS}


def ownership(declared: Declared) -> Fact | Unread:
    """Say who owns what others put there: ACLs are off, unless a rule or an ACL that grants something says not."""
    written, acl_name = declared.properties.get("OwnershipControls"), declared.properties.get("AccessControl")
    if written is not None:
        return {"OwnershipControls": written}
    if isinstance(acl_name, Unresolved):
        return Unread(acl_name.reason)
    kept = acl_name is None or acl_name in CLOSED_ACLS
    return {"OwnershipControls": {"Rules": [{"ObjectOwnership": ENFORCED if kept else "ObjectWriter"}]}}


def acl(declared: Declared) -> Fact:
    """Read the canned ACL; the owner's own grant comes with each."""
    return {"Owner": {"ID": OWNER["ID"]}, "Grants": _grants(declared.properties.get("AccessControl", "Private"))}


@known
def _grants(name: Any) -> Any:
    if name == "AwsExecRead":
        other = [{"Grantee": {"Type": "CanonicalUser", "ID": "ec2", "DisplayName": "za-team"}, "Permission": "READ"}]
    else:
        other = [
            {"Grantee": {"Type": "Group", "URI": f"{GROUPS}{group}"}, "Permission": permission}
            for group, permission in GRANTS.get(name, ())
        ]
    return [{"Grantee": OWNER, "Permission": "FULL_CONTROL"}, *other]


def policy(declared: Declared) -> Fact | Unread:
    """Find the bucket's policy among the template's; one that might be meant makes it unknown."""
    written = [said for type_name, said in declared.others.values() if type_name == "AWS::S3::BucketPolicy"]
    own = [said for said in written if said.get("Bucket") == declared.name]
    strays = [said["Bucket"].reason for said in written if isinstance(said.get("Bucket"), Unresolved)]
    if len(own) > 1:
        return Unread(f"the template gives bucket {declared.name} {len(own)} policies, and the last to be made wins")
    if not own:
        return Unread(f"a policy of the template may be this bucket's: {strays[0]}") if strays else {}
    document = own[0].get("PolicyDocument")
    is_known = unresolved_in(document) is None and not isinstance(document, str)
    return {"Policy": json.dumps(document, default=str) if is_known else document}
