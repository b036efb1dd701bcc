"""uv.lock: what goes into the images is there as a wheel, so nothing is compiled where there is no compiler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli
from packaging.markers import Marker

ROOT = Path(__file__).parent.parent.parent
LOCK: list[dict[str, Any]] = tomli.loads((ROOT / "uv.lock").read_text())["package"]
#: Plain Python, there only as sources: nothing to compile, and no slower way to fall back to.
SOURCES_ONLY = {
    "3.13": set[str](),
    "3.10": {"docopt", "langdetect", "mattermostwrapper", "randomname"},
}


def environment(python: str, machine: str) -> dict[str, str]:
    return {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": machine,
    }


def installed(python: str, machine: str) -> dict[str, dict[str, Any]]:
    """What `uv sync --no-dev` puts beside Baken there, by name and version."""
    where = environment(python, machine)

    def holds(marker: str | None) -> bool:
        return marker is None or bool(Marker(marker).evaluate(where))

    here = [one for one in LOCK if any(map(holds, one.get("resolution-markers") or [None]))]
    found: dict[str, dict[str, Any]] = {}
    ahead = [("baken", None, ())]
    done = set()
    while ahead:
        name, version, extras = ahead.pop()
        (package,) = [one for one in here if one["name"] == name and version in (None, one["version"])]
        needed = list(package.get("dependencies", []))
        for extra in extras:
            needed += package.get("optional-dependencies", {}).get(extra, [])
        found[f"{name} {package['version']}"] = package
        for one in needed:
            step = (one["name"], one.get("version"), tuple(one.get("extra", ())))
            if holds(one.get("marker")) and step not in done:
                done.add(step)
                ahead.append(step)
    return {key: one for key, one in found.items() if "registry" in one["source"]}


def fits(file: str, python: str, machine: str) -> bool:
    """Whether a wheel installs on that CPython on a Linux of today."""
    *_, pythons, abis, platforms = file.removesuffix(".whl").split("-")
    own = "cp" + python.replace(".", "")
    older = {f"cp3{minor}" for minor in range(2, int(python.split(".")[1]) + 1)}
    tags = set(pythons.split("."))
    runs = own in tags and abis in (own, "abi3", "none") or "py3" in tags or abis == "abi3" and bool(tags & older)
    return runs and any(
        one == "any" or one.startswith("manylinux") and one.endswith(machine) for one in platforms.split(".")
    )


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("python", ["3.13", "3.10"])
def test_every_package_of_an_image_has_a_wheel(python: str, machine: str) -> None:
    packages = installed(python, machine)
    assert len(packages) > 40
    without = {
        one["name"]
        for one in packages.values()
        if not any(fits(wheel["url"].rpartition("/")[2], python, machine) for wheel in one.get("wheels", []))
    }
    assert without == SOURCES_ONLY[python]


def test_the_gateways_set_is_the_one_that_is_meant() -> None:
    gateway = {key.split()[0] for key in installed("3.13", "x86_64")}
    assert {"aiohttp", "multidict", "sqlalchemy", "msgspec", "uvloop"} <= gateway
    assert not {"rasa", "numpy", "sanic", "pytest"} & gateway
    assert {"rasa", "numpy", "sanic"} <= {key.split()[0] for key in installed("3.10", "x86_64")}


@pytest.mark.parametrize(
    ("file", "right"),
    [
        ("multidict-5.2.0-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", False),
        ("multidict-7.2.1-cp313-cp313-manylinux2014_x86_64.manylinux_2_17_x86_64.whl", True),
        ("multidict-7.2.1-cp313-cp313t-manylinux2014_x86_64.manylinux_2_17_x86_64.whl", False),
        ("multidict-7.2.1-cp313-cp313-manylinux2014_aarch64.whl", False),
        ("multidict-7.2.1-cp313-cp313-musllinux_1_2_x86_64.whl", False),
        ("multidict-7.2.1-cp313-cp313-win_amd64.whl", False),
        ("cryptography-50.0.2-cp311-abi3-manylinux_2_34_x86_64.whl", True),
        ("cryptography-50.0.2-cp314-abi3-manylinux_2_34_x86_64.whl", False),
        ("structlog-23.3.0-py3-none-any.whl", True),
        ("pytz-2025.2-py2.py3-none-any.whl", True),
    ],
)
def test_which_wheels_fit(file: str, right: bool) -> None:
    assert fits(file, "3.13", "x86_64") is right
