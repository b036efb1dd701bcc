"""Names that can be imported, subclassed and used as decorators or types, and that refuse to compute.

Rasa 3.6 imports TensorFlow at start for components that this project's config.yml does not use. Importing this instead
saves four seconds, 350 MB of memory and 2 GB of disk. Whatever really needs TensorFlow raises `NeedsTensorFlow`.
"""

import importlib.abc
import importlib.machinery
import sys
import types


class NeedsTensorFlow(RuntimeError):
    """Something tried to compute with TensorFlow."""


class _Meta(type):
    def __getattr__(cls, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _absent(f"{cls.__qualname__}.{name}")

    def __call__(cls, *arguments, **named):
        if "_absent_name" not in vars(cls):  # a class of Rasa's that stands on a TensorFlow class
            raise NeedsTensorFlow(f"{cls.__name__} needs TensorFlow, which is not installed (see config.yml)")
        if len(arguments) == 1 and not named and callable(arguments[0]):
            return arguments[0]  # used as a decorator
        return cls

    def __getitem__(cls, _):
        return cls

    def __iter__(cls):
        raise NeedsTensorFlow(f"{cls.__name__} needs TensorFlow, which is not installed (see config.yml)")


def _absent(name):
    return _Meta(name.rpartition(".")[2], (), {"_absent_name": name, "__qualname__": name})


class _Module(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        value = _absent(f"{self.__name__}.{name}")
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every module below the stand-ins."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("tensorflow", "keras") and "." in name:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return _Module(spec.name)

    def exec_module(self, module):
        pass


def install(name):
    """Make `sys.modules[name]` answer to every attribute and every module below it."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    module = sys.modules[name]
    module.__class__ = _Module
