"""docker-compose.yml and the images: what they name exists, and nothing stands open that need not.

Its shape against the Compose specification is checked by .ci/run (check-jsonschema, on the newer Python).
"""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from bot.settings import Settings

ROOT = Path(__file__).parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
#: Runs once and stops.
ONCE = "certificates-owner"
LASTING = [name for name in SERVICES if name != ONCE]
DOCKERFILES = ["packaging/gateway/Dockerfile", "packaging/rasa/Dockerfile"]
SETTINGS = {f"BAKEN_{field.name.upper()}" for field in msgspec.structs.fields(Settings)}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_do_no_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service.get("cap_add", [])) <= {"NET_BIND_SERVICE", "CHOWN"}
    assert not service.get("privileged") and "docker.sock" not in str(service)


@pytest.mark.parametrize("name", LASTING)
def test_a_service_runs_as_nobody_special_is_looked_after_and_starts_again(name: str) -> None:
    service = SERVICES[name]
    if "build" in service:
        dockerfile = (ROOT / service["build"]["dockerfile"]).read_text()
        assert re.findall(r"^USER (\w+)", dockerfile, re.MULTILINE)[-1:] == ["baken"]
    elif name != "libretranslate":  # its image names a user of its own
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["restart"] == "unless-stopped"
    assert {"test", "interval", "timeout", "retries"} <= set(service["healthcheck"])


def test_the_owner_of_certificates_enters_no_folder_that_is_no_longer_its_own() -> None:
    """At the second `up` the folders below are Caddy's (0700); CHOWN alone does not open them."""
    owner = SERVICES[ONCE]
    assert owner["cap_add"] == ["CHOWN"] and "-R" not in str(owner["command"])
    folders = re.findall(r"/data\S*", str(owner["command"]).partition("chown")[2])
    assert [one.strip("']") for one in folders] == ["/data/caddy", "/data"], "the inner one while the outer is still ours"


def test_versions_are_pinned() -> None:
    images = [service["image"] for service in SERVICES.values() if "build" not in service]
    for path in DOCKERFILES:
        images += re.findall(r"^FROM (\S+)", (ROOT / path).read_text(), re.MULTILINE)
    assert len(images) >= 8
    for image in images:
        assert re.search(r":v?\d+\.\d+", image) and "latest" not in image, image
    for path in DOCKERFILES:
        assert re.search(r"uv==\d+\.\d+\.\d+", (ROOT / path).read_text())


def test_only_the_proxy_is_reached_from_outside_and_the_databases_reach_nothing() -> None:
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["proxy"]
    internal = {name for name, network in COMPOSE["networks"].items() if network.get("internal")}
    assert internal == {"front", "back"}
    for name in ("rasa", "actions", "postgres", "redis"):
        assert SERVICES[name]["networks"] == ["back"], name
    assert [name for name, one in SERVICES.items() if "outside" in one.get("networks", [])] == ["proxy"]
    assert "back" not in SERVICES["proxy"]["networks"]


def test_every_variable_is_a_setting_or_stands_in_the_operators_page() -> None:
    files = ["docker-compose.yml", ".env.example", "packaging/proxy/Caddyfile", "packaging/rasa/endpoints.yml"]
    named = set()
    for path in (*files, *DOCKERFILES):
        named |= set(re.findall(r"\b(?:BAKEN|POSTGRES|REDIS)_[A-Z_]+[A-Z]\b", (ROOT / path).read_text()))
    page = (ROOT / "docs/operations.md").read_text()
    others = {one for one in named if one not in SETTINGS}
    assert named & SETTINGS
    images = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_INITDB_ARGS"}  # of the image of PostgreSQL
    assert {one for one in others - images if f"`{one}`" not in page} == set()


def test_what_has_no_default_stands_in_the_example() -> None:
    needed = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))
    example = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert needed and needed <= example
    assert {one for one in example if one.startswith("BAKEN_")} <= SETTINGS | {"BAKEN_SITE"}
    filled = re.findall(r"^(\w*(?:PASSWORD|SECRET|KEY|TOKEN)\w*)=(.+)$", (ROOT / ".env.example").read_text(), re.M)
    assert filled == [], "an example that works is a password that everybody knows"


def health(name: str) -> str:
    return str(SERVICES[name]["healthcheck"]["test"])


def test_health_is_asked_where_it_is_told() -> None:
    """The paths that tests/whole/rasa_servers.py and tests/gateway really ask, at the ports that are really served."""
    asked = (ROOT / "tests/whole/rasa_servers.py").read_text()
    assert "}/webhooks/baken/health" in asked and "}/health" in asked
    rasa = (ROOT / "packaging/rasa/Dockerfile").read_text()
    port = re.search(r'"--port", "(\d+)"', rasa)
    assert port and f":{port[1]}/webhooks/baken/health" in health("rasa")
    assert SERVICES["gateway"]["environment"]["BAKEN_RASA_URLS"] == f"http://rasa:{port[1]}"
    command = SERVICES["actions"]["command"]
    actions = command[command.index("--port") + 1]
    assert f":{actions}/health" in health("actions")
    assert SERVICES["rasa"]["environment"]["BAKEN_ACTIONS_URL"] == f"http://actions:{actions}/webhook"
    gateway = SERVICES["gateway"]["environment"]["BAKEN_PORT"]
    assert f":{gateway}/health" in health("gateway")
    proxy = (ROOT / "packaging/proxy/Caddyfile").read_text()
    assert f"dynamic a gateway {gateway} " in proxy and ":8081/alive" in health("proxy") and ":8081 {" in proxy


def test_metrics_and_health_are_not_told_to_the_world() -> None:
    proxy = (ROOT / "packaging/proxy/Caddyfile").read_text()
    assert re.search(r"@inside path /metrics /health\s+respond @inside 404", proxy)


@pytest.mark.parametrize("path", DOCKERFILES)
def test_what_an_image_copies_is_there_and_is_not_left_out(path: str) -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    kept = [line[1:] for line in ignored if line.startswith("!")]
    assert "*" in ignored, "everything is left out but what is named"
    copied = []
    for line in re.findall(r"^COPY (?!--from)(.+)$", (ROOT / path).read_text(), re.MULTILINE):
        copied += line.split()[:-1]
    assert copied
    for one in copied:
        if one == "model[s]":  # there where it was made, else it is made in the image
            assert fnmatch.fnmatch("models", one)
            one = "models"
        else:
            assert (ROOT / one).exists(), one
        assert one in kept, one


def test_two_services_of_one_image_are_built_alike() -> None:
    assert SERVICES["rasa"]["build"] == SERVICES["actions"]["build"]
    assert SERVICES["rasa"]["image"] == SERVICES["actions"]["image"]
