"""The public names: these and no others, each documented by an example that runs."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
from enum import Enum
from pathlib import Path
from types import ModuleType

import pytest

import mailpolicy

VERBS = {"open", "loads", "dumps", "resolve_status"}
RIGHTS = {"holds", "may_edit", "may_post", "may_subscribe", "may_unsubscribe"}
CHANGES = {"set", "unset", "add_value", "remove_value", "create", "delete", "rename"}
OBJECTS = {
    "Account",
    "Alias",
    "ClassOfService",
    "Config",
    "Directory",
    "Domain",
    "DynamicList",
    "MailingList",
    "Resource",
    "Server",
}
LDAP = {"DN", "Entry", "Filter", "LdapUrl"}
VALUES = {"Address", "DomainName", "Duration", "Size"}
SERVERS = {"Bind", "Live"}
RESULTS = {"Effective", "Finding", "Origin", "Reason", "Status"}
MODULES = {"errors", "filters", "types"}

REQUESTS = {"Booking", "Delivery", "Device", "Edit", "Login", "Post", "Recovery", "Submission"}
DECISION = {"DEFAULT_POLICY", "Decision", "Opinion", "Policy", "Rule", "Usage", "Verdict", "decide"}

NAMES = REQUESTS | DECISION | SERVERS | VERBS | RIGHTS | CHANGES | OBJECTS | LDAP | VALUES | RESULTS


def imported_for_checkers(module: ModuleType) -> dict[str, str]:
    """Name and module of each `from module import name as name` under `if TYPE_CHECKING`."""
    source = Path(inspect.getfile(module)).read_text()
    guarded = [
        statement
        for node in ast.parse(source).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for statement in node.body
    ]
    found = {}
    for statement in guarded:
        assert isinstance(statement, ast.ImportFrom), ast.unparse(statement)
        for alias in statement.names:
            assert alias.name == alias.asname, f"{alias.name}: without `as` it is not re-exported"
            found[alias.name] = str(statement.module)
    return found


def test_exactly_these_names() -> None:
    assert set(mailpolicy.__all__) == NAMES | MODULES
    assert set(dir(mailpolicy)) == NAMES | MODULES | {"__version__"}
    assert len(set(mailpolicy.__all__)) == len(mailpolicy.__all__)


def test_checkers_see_what_programs_see() -> None:
    homes = {name: home for home, names in mailpolicy._HOMES.items() for name in names}
    assert imported_for_checkers(mailpolicy) == homes | dict.fromkeys(MODULES, "mailpolicy")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_resolves_to_the_same_object_twice(name: str) -> None:
    first = getattr(mailpolicy, name)
    assert first is getattr(mailpolicy, name)
    assert inspect.isclass(first) == (name[0].isupper() and not name.isupper()) or name == "DN"


def example_texts(public: object) -> list[str]:
    """The source of the examples of a function, or of a class and the ways to make one."""
    makers = [value for value in vars(public).values() if isinstance(value, classmethod)]
    texts = [inspect.getdoc(public), *(inspect.getdoc(maker) for maker in makers)]
    parser = doctest.DocTestParser()
    return [example.source for text in texts if text for example in parser.get_examples(text)]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_is_documented_by_an_example(name: str) -> None:
    public = getattr(mailpolicy, name)
    docstring = inspect.getdoc(public)
    assert docstring, f"{name} has no docstring"
    assert any(example_texts(public)), f"{name}: no example"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_public_modules_name_what_they_export(name: str) -> None:
    module = getattr(mailpolicy, name)
    assert module.__doc__
    assert module.__all__ == sorted(module.__all__)
    for exported in module.__all__:
        assert getattr(module, exported) is not None


def test_every_enumeration_a_setting_can_have_is_exported() -> None:
    catalog = importlib.import_module("mailpolicy.schema.catalog")
    topics = [
        importlib.import_module(f"mailpolicy.schema.catalog.{module.name}")
        for module in pkgutil.iter_modules(catalog.__path__)
    ]
    enumerations = {
        name
        for topic in topics
        for name, value in vars(topic).items()
        if inspect.isclass(value) and issubclass(value, Enum) and value.__module__ == topic.__name__
    }
    assert "AccountStatus" in enumerations
    assert enumerations <= set(importlib.import_module("mailpolicy.types").__all__)


def test_every_error_is_exported() -> None:
    errors = importlib.import_module("mailpolicy.errors")
    classes = {name for name, value in vars(errors).items() if inspect.isclass(value)}
    ours = {name for name in classes if getattr(errors, name).__module__ == errors.__name__}
    assert ours == set(errors.__all__)
    assert all(issubclass(getattr(errors, name), errors.MailPolicyError) for name in ours)


def test_a_misspelt_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'mailpolicy' has no attribute 'acount'"):
        _ = mailpolicy.acount


def test_no_package_bears_the_name_of_a_public_one() -> None:
    rooms = {module.name for module in pkgutil.iter_modules(mailpolicy.__path__)}
    assert not rooms & NAMES
