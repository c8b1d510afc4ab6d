"""What the manifest names in S3: which buckets tell of batches, and what a function may be let to do with them."""

from collections.abc import Callable

from aws_cdk import Stack

from holdfast.batches.policy import bucket_of, key_of
from holdfast.manifest import Manifest, Model
from infra.constructs.governed_function import GovernedFunction
from infra.reach import Place, beginning, listings, literal, narrowest

ROOM_OBJECTS, ROOM_BUCKETS, ROOM_KEYS, ROOM_LISTING, ROOM_NOTIFIERS = 36_000, 16_000, 8_000, 50_000, 2_400
NAMED_LATER = "batches are named when they land: exactly the prefixes that models read"
MANY = "so many that a policy holds only the beginnings of their names"
READ = frozenset({"s3:GetObject", "s3:GetObjectVersion"})
TAG = frozenset(f"s3:{verb}Object{version}Tagging" for verb in ("Get", "Put", "Delete") for version in ("", "Version"))


class GovernedObjects:
    """The batches and references of all models, and the grants over them: only what a model reads."""

    def __init__(self, manifest: Manifest, stack: Stack) -> None:
        self._manifest, self._stack = manifest, stack
        models = manifest.models.values()
        self._batches = sorted({(model.batches.bucket, model.batches.prefix) for model in models})
        self._references = sorted({(bucket_of(model.reference), key_of(model.reference)) for model in models})

    def batches_told_by(self, door: str) -> list[Place]:
        """Give the (bucket, prefix) of batches that come by a rule, or by notification."""
        doors = {bucket.name: bucket.events for bucket in self._manifest.buckets}
        return [(bucket, prefix) for bucket, prefix in self._batches if doors[bucket] == door]

    def notifiers(self) -> list[str]:
        """Give the ARNs of the buckets that notify the judge's queue."""
        names = {bucket for bucket, _ in self.batches_told_by("notification")}
        return narrowest(lambda cut: {self._bucket(beginning(name, cut)) for name in names}, room=ROOM_NOTIFIERS)

    def let_read(self, function: GovernedFunction, *, references: bool = False, tagging: bool = False) -> None:
        """Let a function read batches; with ListBucket, so that S3 says `gone` of what is gone, instead of `denied`."""
        exact = self._references if references else []
        buckets = {bucket for bucket, _ in (*self._batches, *exact)}
        function.may("ReadBatches", READ | TAG if tagging else READ, on=self._arns(exact), because=NAMED_LATER)
        names = narrowest(lambda cut: {self._bucket(beginning(name, cut)) for name in buckets}, room=ROOM_BUCKETS)
        function.may("TellGoneFromDenied", {"s3:ListBucket"}, on=names, because=MANY)
        function.use_key("OpenBatches", self._keys(buckets), by="s3", because=MANY)

    def let_list(self, function: GovernedFunction, *, of: Callable[[Model], bool] = lambda _: True) -> None:
        """Let a function list the versions below the prefixes of batches, of these models only."""
        models = self._manifest.models.values()
        places = sorted({(model.batches.bucket, model.batches.prefix) for model in models if of(model)})
        for number, (names, prefixes) in enumerate(listings(places, room=ROOM_LISTING)):
            below = {"StringLike": {"s3:prefix": prefixes}}
            function.may(
                f"ListBatches{number}", {"s3:ListBucketVersions"}, on=[self._bucket(name) for name in names], when=below
            )  # fmt: skip

    def _arns(self, exact: list[Place]) -> list[str]:
        def at(cut: int) -> set[str]:
            below = {f"{self._bucket(bucket)}/{literal(prefix[:cut])}*" for bucket, prefix in self._batches}
            return below | {f"{self._bucket(bucket)}/{beginning(key, cut)}" for bucket, key in exact}

        return narrowest(at, room=ROOM_OBJECTS)

    def _keys(self, buckets: set[str]) -> list[str]:
        held = (bucket.kms_key_arn for bucket in self._manifest.buckets if bucket.name in buckets)
        keys = {key for key in held if key is not None}
        stack = self._stack
        any_key = f"arn:{stack.partition}:kms:{stack.region}:{stack.account}:key/*"
        return narrowest(lambda cut: keys if cut else {any_key}, room=ROOM_KEYS)

    def _bucket(self, name: str) -> str:
        return f"arn:{self._stack.partition}:s3:::{name}"
