"""What S3 says of single objects of a bucket."""

from functools import lru_cache

from holdfast.compliance.facts import Ask, Call, Fact, Read

_LIST = Call("s3", "list_objects_v2", "s3:ListBucket", "bucket")
_OBJECT_ACL = Call("s3", "get_object_acl", "s3:GetObjectAcl", "object", ("NoSuchKey",))
LISTED_AT_ONCE = 1000


def _listed(ask: Ask) -> Fact:
    name, owner = ask.resource.name, ask.resource.account
    return ask(_LIST, Bucket=name, ExpectedBucketOwner=owner, MaxKeys=LISTED_AT_ONCE)


@lru_cache(maxsize=1024)
def acl_of(key: str) -> Read:
    """Read the ACL of one object; an object that is gone again grants nothing."""

    def asked(ask: Ask) -> Fact:
        return ask(_OBJECT_ACL, Bucket=ask.resource.name, Key=key, ExpectedBucketOwner=ask.resource.account)

    return Read(f"object_acl:{key}", (_OBJECT_ACL,), asked)


OBJECTS = Read("objects", (_LIST,), _listed)
"""The first page of objects."""
ANY_ACL = acl_of("")
"""Stands for the ACL of whichever object a control picks."""
