"""A stand-in for TensorFlow; see tensorflow_absent."""

import tensorflow_absent

__version__ = "2.12.0"
tensorflow_absent.install(__name__)


def is_tensor(value):
    """Nothing is: matplotlib, which draws the pictures of `rasa test`, asks this of all that it draws."""
    return False
