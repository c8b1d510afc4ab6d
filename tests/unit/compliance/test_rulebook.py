from datetime import UTC, datetime
from pathlib import Path

import pytest

from holdfast.compliance.catalogue import controls_of, every_control
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Everything, Governed, given_for
from holdfast.manifest import Manifest
from holdfast.shared.errors import ConfigurationError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LOGGING = every_control()["access_logging"]


def governed(tmp_path: Path, text: str) -> Governed:
    path = tmp_path / "governance.yaml"
    path.write_text(text)
    return Governed(Manifest.load(path))


def bucket(name: str = "data") -> Resource:
    return Resource("s3_bucket", name, "123456789012")


def test_scope_selects_kinds_names_and_exceptions(tmp_path: Path) -> None:
    rules = governed(tmp_path, 'scope: [{kind: "s3_*", match: "ml-*", except: ["ml-tmp-*"]}]')
    assert rules.watches(bucket("ml-data"))
    assert not rules.watches(bucket("ml-tmp-1"))
    assert not rules.watches(bucket("web"))
    assert not rules.watches(Resource("aws_account", "123456789012", "123456789012"))


def test_a_scope_by_tags_asks_for_tags_only_where_the_name_fits(tmp_path: Path) -> None:
    rules = governed(tmp_path, 'scope: [{kind: s3_bucket, match: "ml-*", tags: {team: "ml*"}}]')
    asked = []

    def tags() -> dict[str, str]:
        asked.append(None)
        return {"team": "mlops"}

    assert rules.watches(bucket("ml-data"), tags)
    assert not rules.watches(bucket("web"), tags)
    assert len(asked) == 1
    assert not rules.watches(bucket("ml-data"), lambda: {"team": "web"})
    assert not rules.watches(bucket("ml-data"), dict)


def test_a_resource_whose_tags_cannot_be_read_is_watched(tmp_path: Path) -> None:
    assert governed(tmp_path, "scope: [{kind: s3_bucket, tags: {team: ml}}]").watches(bucket(), lambda: None)


def test_a_governed_bucket_is_watched_without_any_scope(tmp_path: Path) -> None:
    rules = governed(tmp_path, "buckets: [{name: ml-data, region: eu-west-1}]")
    assert rules.watches(bucket("ml-data"))
    assert not rules.watches(bucket("web"))


def test_optional_controls_are_off_until_a_rule_asks_for_them(tmp_path: Path) -> None:
    everything = {control.id for control in controls_of("s3_bucket")}
    optional = sorted(control.id for control in controls_of("s3_bucket") if control.optional)
    assert optional
    plain = governed(tmp_path, "scope: []")
    assert {control.id for control in plain.controls(bucket())} == everything - set(optional)
    asked = governed(tmp_path, f"controls: [{{control: {optional[0]}}}]")
    assert optional[0] in {control.id for control in asked.controls(bucket())}


def test_a_rule_of_a_class_holds_for_that_class(tmp_path: Path) -> None:
    rules = governed(
        tmp_path,
        """
scope:
  - {kind: s3_bucket, match: "lake-*", class: restricted}
  - {kind: s3_bucket, class: internal}
controls:
  - {control: access_logging, enabled: false}
  - {control: access_logging, class: restricted}
buckets:
  - {name: web, region: eu-west-1, class: restricted}
""",
    )
    on = {
        name: "access_logging" in {control.id for control in rules.controls(bucket(name))}
        for name in ("lake-1", "other", "web")
    }
    assert on == {"lake-1": True, "other": False, "web": True}
    assert rules.class_of(bucket("other")) == "internal"


def test_a_waiver_waives_through_its_last_day(tmp_path: Path) -> None:
    rules = governed(
        tmp_path,
        "waivers: [{control: access_logging, resource: 'ml-*', owner: platform, reason: scratch, expires: 2026-03-02}]",
    )
    said = rules.waiver(LOGGING, bucket("ml-1"), now=datetime(2026, 3, 2, 23, 59, tzinfo=UTC))
    assert said == "waived by platform through 2026-03-02 (scratch)"
    assert rules.waiver(LOGGING, bucket("ml-1"), now=datetime(2026, 3, 3, tzinfo=UTC)) is None
    assert rules.waiver(LOGGING, bucket("web"), now=NOON) is None
    assert rules.waiver(every_control()["tls_only"], bucket("ml-1"), now=NOON) is None


def test_a_parameter_that_a_control_does_not_take_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"controls\.0\.access_logging.*colour"):
        governed(tmp_path, "controls: [{control: access_logging, parameters: {colour: red}}]")


def test_parameters_are_given_by_id_or_by_any_reference() -> None:
    control = every_control()["lifecycle"]
    for name in ("lifecycle", "S3.13", "FSBP S3.13", "Config s3-lifecycle-policy-check", "s3-lifecycle-policy-check"):
        told = Everything(given_for({name: {"targetExpirationDays": "30"}})).parameters(control, bucket())
        assert told.model_dump(by_alias=True)["targetExpirationDays"] == 30


@pytest.mark.parametrize("name", ["targetExpirationDays", "TargetExpirationDays", "target_expiration_days"])
def test_a_parameter_is_known_by_its_letters_whatever_their_case(name: str) -> None:
    told = Everything({"lifecycle": {name: 30}}).parameters(every_control()["lifecycle"], bucket())
    assert told.model_dump(by_alias=True)["targetExpirationDays"] == 30


@pytest.mark.parametrize("name", ["trusted_accounts", "trustedAccounts", "trusted_account_ids", "TrustedAccountIds"])
def test_trusted_accounts_go_by_several_names(name: str) -> None:
    control = every_control()["cross_account_access"]
    told = Everything({control.id: {name: "210987654321"}}).parameters(control, bucket())
    assert told.model_dump()["trusted_accounts"] == ("210987654321",)


def test_parameters_for_nothing_known_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"no known control: S3\.999"):
        given_for({"S3.999": {}})
    with pytest.raises(ConfigurationError, match="expected names and values"):
        given_for({"access_logging": 3})
