"""A stand-in for TensorFlow; see tensorflow_absent."""

import tensorflow_absent

__version__ = "2.12.0"
tensorflow_absent.install(__name__)
