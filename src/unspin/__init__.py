"""unspin gives garbled text its words back.

Article spinners rewrite stolen text by thesaurus: *shook hands* becomes *shook fingers*, *White House* *White Home*.
``restore`` undoes it; ``explain`` says what was changed, why, and how sure it is. Text that was never spun comes back
as the same object.

>>> import unspin
>>> unspin.restore("The White Home officers mentioned they shook fingers.")
'The White House officials said they shook hands.'
>>> clean = "The White House officials said they shook hands."
>>> unspin.restore(clean) is clean
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unspin.api import explain, is_spun, restore, restore_many, spin_rate
    from unspin.config import Config
    from unspin.record import Alternative, Edit, Restoration, apply
    from unspin.restorer import Restorer
    from unspin.spinner import spin
    from unspin.tables import Row

__version__ = "0.1.0"
__all__ = [
    "Alternative",
    "Config",
    "Edit",
    "Restoration",
    "Restorer",
    "Row",
    "apply",
    "explain",
    "is_spun",
    "restore",
    "restore_many",
    "spin",
    "spin_rate",
]

_HOME = {
    "Alternative": "record",
    "Config": "config",
    "Edit": "record",
    "Restoration": "record",
    "Restorer": "restorer",
    "Row": "tables",
    "apply": "record",
    "spin": "spinner",
}


def __getattr__(name: str) -> Any:
    """Import the engine, and NumPy with it, only when something is asked of it."""
    if name not in __all__:
        raise AttributeError(f"module 'unspin' has no attribute {name!r}")
    value = getattr(import_module(f"unspin.{_HOME.get(name, 'api')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
