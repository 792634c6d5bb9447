"""Who may change what, what nobody changes, and when nothing changes."""

from __future__ import annotations

from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.decision import Notice
from mailpolicy.decision.replies import EDIT_REFUSED, TARGET_FROZEN
from tests.examples import ACME, CARBONIO, EXAMPLES, JOHN, both
from tests.mail_directories import outcome

JANE, BOB, ROOT, ADMIN = (f"{name}@acme.example" for name in ("jane", "bob", "root", "admin"))
ALL, PARTNERS = "all@acme.example", "partners@acme.example"
DOMAIN = "domain:acme.example"


def edit(
    directory: mp.Directory, actor: str, target: str, operation: str = "modify", **said: Any
) -> mp.Decision:
    decision = mp.decide(directory, mp.Edit(actor, target, operation, **said))
    assert not decision.errors
    assert decision.rule is None or decision.rule in [reason.id for reason in decision.reasons]
    return decision


def told(decision: mp.Decision) -> str:
    return outcome(decision).removeprefix("reject ")


def boss(directory: mp.Directory) -> str:
    return ROOT if directory is ACME else ADMIN


# Who may modify


@both
def test_people_change_what_is_their_own_and_no_more(directory: mp.Directory) -> None:
    assert told(edit(directory, JOHN, JOHN, field="auto_reply_text", value="Gone")) == "accept"
    assert told(edit(directory, JOHN, JOHN, field="auto_reply_text")) == "accept"  # unset
    assert told(edit(directory, JOHN, JOHN, field="mailbox_quota", value="1 GiB")) == "edit.allowed"
    assert told(edit(directory, BOB, JOHN, field="auto_reply_text", value="x")) == "edit.allowed"
    assert told(edit(directory, JOHN, DOMAIN, field="notes", value="x")) == "edit.allowed"


def test_a_feature_may_be_switched_off() -> None:
    off = ACME.with_changes(mp.set(JOHN, forwarding_enabled=False))
    wanted = {"field": "forwarding_addresses", "value": ["x@customer.example"]}
    assert told(edit(ACME, JOHN, JOHN, **wanted)) == "accept"
    decision = edit(off, JOHN, JOHN, **wanted)
    assert (told(decision), decision.reply) == ("edit.allowed", EDIT_REFUSED)
    assert "edit.feature" in [each.id for each in decision.reasons]
    assert told(edit(off, ROOT, JOHN, as_admin=True, **wanted)) == "accept"


def test_owners_change_their_list() -> None:
    assert told(edit(ACME, JANE, ALL, field="description", value="x")) == "accept"
    assert told(edit(ACME, JANE, ALL, field="member_urls", value=[])) == "edit.allowed"
    assert told(edit(ACME, JOHN, ALL, field="description", value="x")) == "edit.allowed"
    for operation in ("delete", "rename"):
        assert told(edit(ACME, JANE, ALL, operation, value="every@acme.example")) == "edit.allowed"


def test_administrators_by_grants_and_of_everything() -> None:
    quota = {"field": "mailbox_quota", "as_admin": True}
    assert told(edit(ACME, JANE, JOHN, value="10 GiB", **quota)) == "accept"
    assert told(edit(ACME, JANE, JOHN, value="20 GiB", **quota)) == "edit.allowed"
    assert told(edit(ACME, JANE, JOHN, field="mailbox_quota", value="1 GiB")) == "edit.allowed"
    assert told(edit(ACME, JANE, "hank@globex.example", value="1 GiB", **quota)) == "edit.allowed"
    assert told(edit(ACME, ROOT, "hank@globex.example", value="100 GiB", **quota)) == "accept"
    assert told(edit(ACME, JANE, JOHN, field="is_global_admin", value=True, as_admin=True)) == "edit.allowed"
    assert told(edit(ACME, JANE, ROOT, value="1 GiB", **quota)) == "edit.allowed"  # above her
    assert told(edit(ACME, JANE, JOHN, **quota)) == "edit.allowed"  # unset: the class gives more than she may
    less = ACME.with_changes(mp.set("cos:premium", mailbox_quota="10 GiB"))
    assert told(edit(less, JANE, JOHN, **quota)) == "accept"


# Who may create, delete, rename


NATIVE_RIGHTS = [
    ("new@acme.example", "create", None),
    ("acme.example", "create", None),
    ("list:new@acme.example", "create", None),
    ("resource:new@acme.example", "create", None),
    ("alias:new@acme.example", "create", None),
    (BOB, "delete", None),
    (PARTNERS, "delete", None),
    ("everest@acme.example", "delete", None),
    ("alias:webmaster@acme.example", "delete", None),
    (BOB, "rename", "bobby.baker@acme.example"),
    (PARTNERS, "rename", "friends@acme.example"),
]
ONLY_ROOT = [
    ("new@globex.example", "create", None),
    ("domain:new.example", "create", None),
    ("domain:sub.acme.example", "create", None),
    ("cos:new", "create", None),
    ("server:new", "create", None),
    ("hank@globex.example", "delete", None),
    ("domain:globex.example", "delete", None),
    ("cos:premium", "delete", None),
    ("config", "delete", None),
    (ROOT, "delete", None),
    (BOB, "rename", "bob@globex.example"),
    (DOMAIN, "rename", "acme.test"),
    ("cos:premium", "rename", "gold"),
]


@pytest.mark.parametrize(("target", "operation", "value"), [*NATIVE_RIGHTS, *ONLY_ROOT])
def test_entries_come_and_go_by_administrators(target: str, operation: str, value: str | None) -> None:
    def by(actor: str, as_admin: bool) -> str:
        return told(edit(ACME, actor, target, operation, value=value, as_admin=as_admin))

    is_janes = (target, operation, value) in NATIVE_RIGHTS
    assert by(JANE, True) == ("accept" if is_janes else "edit.allowed")
    assert by(ROOT, True) == "accept"
    assert [by(each, False) for each in (JANE, ROOT, JOHN, BOB)] == ["edit.allowed"] * 4
    assert by(BOB, True) == "edit.allowed"


def test_a_subdomain_may_be_granted() -> None:
    granted = ACME.with_changes(mp.set(DOMAIN, grants=[f"{JANE} usr createSubDomain"]))
    assert told(edit(granted, JANE, "domain:sub.acme.example", "create", as_admin=True)) == "accept"
    assert told(edit(granted, JANE, "domain:sub.globex.example", "create", as_admin=True)) == "edit.allowed"


def test_what_no_right_is_for_is_for_administrators_of_everything() -> None:
    granted = ACME.with_changes(mp.set("config", grants=[f"{JANE} usr createTopDomain"]))
    assert told(edit(granted, JANE, "domain:new.example", "create", as_admin=True)) == "accept"
    assert told(edit(granted, JANE, DOMAIN, "rename", value="acme.test", as_admin=True)) == "edit.allowed"
    assert told(edit(granted, JANE, "config", "delete", as_admin=True)) == "edit.allowed"


def test_users_create_lists_where_that_is_granted() -> None:
    granted = ACME.with_changes(mp.set(DOMAIN, grants=["acme.example dom createDistList"]))
    assert told(edit(granted, BOB, "list:new@acme.example", "create")) == "accept"
    assert told(edit(granted, BOB, "new@acme.example", "create", field="list")) == "accept"
    assert told(edit(granted, BOB, "new@acme.example", "create")) == "edit.allowed"
    assert told(edit(granted, "hank@globex.example", "list:new@acme.example", "create")) != "accept"


def test_moving_to_another_domain_takes_a_right_there() -> None:
    there = mp.set("domain:globex.example", domain_status="active", grants=[f"{JANE} usr domainAdminRights"])
    wanted = {"value": "bob@globex.example", "as_admin": True}
    assert told(edit(ACME.with_changes(there), JANE, BOB, "rename", **wanted)) == "accept"
    only_there = ACME.with_changes(there, mp.set(DOMAIN, grants=[]))
    assert told(edit(only_there, JANE, BOB, "rename", **wanted)) == "edit.allowed"


@both
def test_the_classes_of_service_that_are_fallen_back_to_stay(directory: mp.Directory) -> None:
    for operation in ("delete", "rename"):
        decision = edit(directory, boss(directory), "cos:default", operation, value="x", as_admin=True)
        assert told(decision) == "edit.fixed"


# What is asked of the request and of the actor


@pytest.mark.parametrize(
    ("target", "said", "words"),
    [
        (JOHN, {"field": "auto_reply_txt"}, "did you mean auto_reply_text"),
        (JOHN, {"field": ""}, "no setting"),
        (JOHN, {"field": "domain_status", "value": "closed"}, "no setting of a account"),
        (JOHN, {"field": "mailbox_quota", "value": "5GB?"}, "'5GB?'"),
        (JOHN, {"field": "auto_reply_enabled", "value": "perhaps"}, "perhaps"),
        (DOMAIN, {"field": "tls_private_key", "value": "-- hunter2 --"}, "cannot have"),
    ],
)
def test_a_field_is_a_setting_of_such_an_entry(target: str, said: dict[str, Any], words: str) -> None:
    decision = edit(ACME, ROOT, target, as_admin=True, **said)
    assert told(decision) == "edit.field"
    assert decision.opinion is not None
    assert words in decision.opinion.text
    assert "hunter2" not in "".join(each.text for each in decision.reasons)


@pytest.mark.parametrize(
    "value", ["bob@acme.example", "Bob@alias.example", "bob+x@acme.example", "bob+x@alias.example"]
)
def test_what_goes_elsewhere_does_not_lead_back(value: str) -> None:
    for field, written in (
        ("forwarding_addresses", value),
        ("forwarding_addresses", ["x@customer.example", value]),
        ("recovery_address", value),
    ):
        assert told(edit(ACME, ROOT, BOB, field=field, value=written, as_admin=True)) == "edit.field"
        assert told(edit(ACME, ROOT, JOHN, field=field, value=written, as_admin=True)) == "accept"
    # Whoever has asked before, of the same entries by another directory.
    again = mp.Directory(ACME.snapshot, ACME.statuses)
    assert told(edit(again, ROOT, BOB, field="recovery_address", value=value, as_admin=True)) == "edit.field"
    catch_all = "lostandfound@acme.example"
    nobody: dict[str, Any] = {"field": "forwarding_addresses", "as_admin": True}
    nobody["value"] = ["zzz@acme.example"]
    assert told(edit(ACME, ROOT, catch_all, **nobody)) == "edit.field"
    assert told(edit(ACME, ROOT, BOB, **nobody)) == "accept"


@pytest.mark.parametrize("field", ["password", "application_passwords", "one_time_passwords"])
def test_secrets_are_changed_too(field: str) -> None:
    assert told(edit(ACME, JOHN, JOHN, field=field, value="hunter2")) == "accept"
    assert told(edit(ACME, BOB, JOHN, field=field, value="hunter2")) == "edit.allowed"
    assert "hunter2" not in str(edit(ACME, BOB, JOHN, field=field, value="hunter2").reasons)


@pytest.mark.parametrize(
    ("target", "operation"),
    [
        ("gone@acme.example", "delete"),
        ("cos:gold", "modify"),
        ("uid=", "delete"),
        ("", "delete"),
        (JOHN, "burn"),
        ("new@nowhere.example", "create"),
        ("new@", "create"),
        ("new@acme.example", "create bridge"),
    ],
)
def test_there_must_be_something_to_change(target: str, operation: str) -> None:
    operation, _, kind = operation.partition(" ")
    decision = edit(ACME, ROOT, target, operation, field=kind, as_admin=True)
    assert (told(decision), decision.reply) == ("edit.target", EDIT_REFUSED)


def test_a_new_name_lies_in_a_domain_of_ours() -> None:
    assert told(edit(ACME, ROOT, BOB, "rename", value="b@x.example", as_admin=True)) == "edit.target"


@pytest.mark.parametrize(
    ("target", "operation", "value", "words"),
    [
        ("new@alias.example", "create", None, "an alias domain"),
        ("list:new@alias.example", "create", None, "an alias domain"),
        ("resource:alias.example", "create", None, "an alias domain"),
        (BOB, "rename", "bob@alias.example", "an alias domain"),
        (JOHN, "create", None, "belongs to something else"),
        ("list:John@ACME.example", "create", None, "belongs to something else"),
        ("alias:webmaster@acme.example", "create", None, "belongs to something else"),
        (BOB, "rename", JOHN, "belongs to something else"),
        (PARTNERS, "rename", ALL, "belongs to something else"),
        ("domain:globex.example", "create", None, "already"),
        ("cos:premium", "create", None, "already"),
        ("cos:premium", "rename", "kiosk", "already"),
        (DOMAIN, "rename", "globex.example", "already"),
        ("domain:a..b", "create", None, "'a..b'"),
        ("cos: ", "create", None, "needs a name"),
        ("cos:premium", "rename", None, "needs a name"),
        ("config", "rename", "x", "cannot be renamed"),
        (BOB, "rename", None, "address"),
        (BOB, "rename", "bobby", "'bobby'"),
        (BOB, "rename", "bob by@acme.example", "address"),
    ],
)
def test_a_new_name_must_be_one_that_is_free(
    target: str, operation: str, value: str | None, words: str
) -> None:
    decision = edit(ACME, ROOT, target, operation, value=value, as_admin=True)
    assert (told(decision), decision.reply) == ("edit.name", EDIT_REFUSED)
    assert decision.opinion is not None
    assert words in decision.opinion.text
    # Who may not does not learn whether the name is taken.
    assert told(edit(ACME, BOB, target, operation, value=value)) == "edit.allowed"


@pytest.mark.parametrize(
    ("directory", "target", "name"),
    [
        (ACME, BOB, "Bob@acme.example"),
        (ACME, JOHN, "j.doe@acme.example"),
        (CARBONIO, JOHN, "j.doe@acme.example"),
        (ACME, "cos:premium", "Premium"),
    ],
)
def test_an_own_name_is_free(directory: mp.Directory, target: str, name: str) -> None:
    assert told(edit(directory, boss(directory), target, "rename", value=name, as_admin=True)) == "accept"


def test_an_alias_domain_holds_aliases() -> None:
    assert told(edit(ACME, ROOT, "alias:new@alias.example", "create", as_admin=True)) == "accept"


def test_whether_a_name_is_free_is_not_known_where_records_are_lost() -> None:
    text = (EXAMPLES / "acme.ldif").read_text("utf-8")
    damaged = mp.loads(text.replace("dn: uid=jane,", "dxn: uid=jane,"))
    assert outcome(edit(damaged, ROOT, JANE, "create", as_admin=True)) == "defer edit.name"
    assert told(edit(damaged, ROOT, JOHN, "create", as_admin=True)) == "edit.name"


@pytest.mark.parametrize("actor", ["gone@acme.example", "", ALL, "grace@acme.example", "judy@acme.example"])
def test_the_actor_must_be_somebody_who_may_log_in(actor: str) -> None:
    assert told(edit(ACME, actor, JOHN, field="notes", value="x", as_admin=True)) == "edit.actor"


# What nobody changes


@both
@pytest.mark.parametrize(
    ("target", "field", "value"),
    [
        (JOHN, "address", "johnny@acme.example"),
        (PARTNERS, "address", "friends@acme.example"),
        (DOMAIN, "domain_name", "acme.test"),
        (DOMAIN, "domain_kind", "alias"),
        (JOHN, "account_status", "lockout"),
        ("everest@acme.example", "account_status", "lockout"),
        (DOMAIN, "domain_status", "shutdown"),
    ],
)
def test_what_nobody_changes(directory: mp.Directory, target: str, field: str, value: str) -> None:
    decision = edit(directory, boss(directory), target, field=field, value=value, as_admin=True)
    assert (told(decision), decision.reply) == ("edit.fixed", EDIT_REFUSED)


def test_values_come_as_what_they_are_too() -> None:
    lockout = ACME.account("frank@acme.example").settings.account_status
    assert told(edit(ACME, ROOT, JOHN, field="account_status", value=lockout, as_admin=True)) == "edit.fixed"
    assert told(edit(ACME, ROOT, JOHN, field="account_status", value="locked", as_admin=True)) == "accept"
    assert told(edit(ACME, ROOT, DOMAIN, field="domain_status", value="closed", as_admin=True)) == "accept"


# When nothing changes


@both
@pytest.mark.parametrize("status", ["suspended", "shutdown"])
def test_nothing_of_a_suspended_domain_changes_not_even_by_administrators(
    directory: mp.Directory, status: str
) -> None:
    # shutdown cannot be set, so the actor is where she keeps her login: in another domain
    held = directory.with_changes(mp.set(DOMAIN, domain_status=status))
    actor = "hank@globex.example"
    held = held.with_changes(
        mp.set("domain:globex.example", domain_status="active"), mp.set(actor, is_global_admin=True)
    )
    for target, operation, field in (
        (JOHN, "modify", "notes"),
        (JOHN, "delete", ""),
        (JOHN, "rename", ""),
        (PARTNERS, "modify", "notes"),
        ("everest@acme.example", "modify", "display_name"),
        ("new@acme.example", "create", ""),
        ("list:new@acme.example", "create", ""),
        ("alias:new@acme.example", "create", ""),
    ):
        value = "x@acme.example" if operation == "rename" else None
        decision = edit(held, actor, target, operation, field=field, value=value, as_admin=True)
        assert (outcome(decision), decision.reply) == ("defer edit.frozen", TARGET_FROZEN)
    itself = "accept" if status == "suspended" else "defer edit.frozen"
    for operation in ("modify", "delete"):
        decision = edit(held, actor, DOMAIN, operation, field="notes", as_admin=True)
        assert outcome(decision) == itself
    into = edit(held, actor, actor, "rename", value="hank@acme.example", as_admin=True)
    assert outcome(into) == "defer edit.frozen"
    assert outcome(edit(held, actor, "cos:default", field="notes", as_admin=True)) == "accept"


def test_an_alias_entry_of_a_suspended_domain_stays() -> None:
    held = ACME.with_changes(mp.set(DOMAIN, domain_status="suspended"))
    held = held.with_changes(
        mp.set("domain:globex.example", domain_status="active"),
        mp.set("hank@globex.example", is_global_admin=True),
    )
    decision = edit(held, "hank@globex.example", "alias:webmaster@acme.example", "delete", as_admin=True)
    assert outcome(decision) == "defer edit.frozen"


def test_an_alias_entry_of_a_deployed_server_is_of_the_domain_below_which_it_stands() -> None:
    alias = "uid=j.doe,ou=people,dc=acme,dc=example"
    hank = "hank@globex.example"
    open_elsewhere = CARBONIO.with_changes(
        mp.set("domain:globex.example", domain_status="active"), mp.set(hank, is_global_admin=True)
    )
    assert told(edit(open_elsewhere, hank, alias, "delete", as_admin=True)) == "accept"
    held = open_elsewhere.with_changes(mp.set(DOMAIN, domain_status="suspended"))
    assert outcome(edit(held, hank, alias, "delete", as_admin=True)) == "defer edit.frozen"


def test_who_may_not_change_it_does_not_learn_of_its_state() -> None:
    held = ACME.with_changes(mp.set("domain:globex.example", domain_status="suspended"))
    assert told(edit(held, JANE, "hank@globex.example", "delete", as_admin=True)) == "edit.allowed"


def test_a_disabled_account_is_enabled_or_deleted_and_nothing_else() -> None:
    mallory = "mallory@acme.example"

    def by_root(operation: str = "modify", **said: Any) -> str:
        return outcome(edit(ACME, ROOT, mallory, operation, as_admin=True, **said))

    assert by_root(field="notes", value="x") == "defer edit.frozen"
    assert by_root("rename", value="m@acme.example") == "defer edit.frozen"
    assert by_root(field="account_status", value="disabled") == "defer edit.frozen"
    for value in ("active", "closed", None):
        assert by_root(field="account_status", value=value) == "accept"
    assert by_root("delete") == "accept"
    suspended = ACME.with_changes(
        mp.set(DOMAIN, domain_status="suspended"),
        mp.set("domain:globex.example", domain_status="active"),
        mp.set("hank@globex.example", is_global_admin=True),
    )
    for operation in ("modify", "delete"):
        decision = edit(
            suspended, "hank@globex.example", mallory, operation, field="account_status", as_admin=True
        )
        assert outcome(decision) == "defer edit.frozen"


@pytest.mark.parametrize("status", ["locked", "closed", "pending", "maintenance"])
@both
def test_other_statuses_stop_no_change(directory: mp.Directory, status: str) -> None:
    changed = directory.with_changes(mp.set(BOB, account_status=status))
    decision = edit(changed, boss(directory), BOB, field="notes", value="x", as_admin=True)
    assert told(decision) == "accept"


# New members


def test_who_is_new_on_a_list_is_told() -> None:
    telling = ACME.with_changes(mp.set(PARTNERS, notify_new_members=True))
    value = ["Jane@Acme.example", "z.mueller@acme.example", "bob@acme.example", "new@customer.example"]
    wanted = {"field": "member_addresses", "value": value, "as_admin": True}
    decision = edit(telling, JANE, PARTNERS, **wanted)
    assert told(decision) == "accept"
    text = "You are on the list Partners now"
    assert decision.notices == tuple(
        Notice("new_member", (to,), PARTNERS, text) for to in ("bob@acme.example", "new@customer.example")
    )
    assert edit(ACME, JANE, PARTNERS, **wanted).notices == ()
    assert edit(telling, BOB, PARTNERS, **wanted).notices == ()
    assert edit(telling, JANE, PARTNERS, field="member_addresses", as_admin=True).notices == ()


# Where nobody can tell


def test_what_may_stand_in_a_record_that_could_not_be_read_is_not_refused() -> None:
    text = (EXAMPLES / "acme.ldif").read_text("utf-8")
    damaged = mp.loads(text.replace("dn: uid=jane,", "dxn: uid=jane,"))
    for actor, target in [(JANE, JOHN), (ROOT, JANE)]:
        decision = edit(damaged, actor, target, field="notes", value="x", as_admin=True)
        assert decision.verdict is mp.Verdict.DEFER
    assert told(edit(damaged, ROOT, JOHN, field="notes", value="x", as_admin=True)) == "accept"


def test_a_deployed_server() -> None:
    assert told(edit(CARBONIO, ADMIN, "list:new@acme.example", "create", as_admin=True)) == "accept"
    assert told(edit(CARBONIO, ADMIN, "domain:new.example", "create", as_admin=True)) == "accept"
    assert told(edit(CARBONIO, JANE, "admins@acme.example", field="notes", value="x")) == "accept"
    assert told(edit(CARBONIO, JANE, "project@acme.example", "delete", as_admin=True)) == "edit.allowed"
