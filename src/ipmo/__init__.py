"""An integrated portfolio office: one model, one dependency graph, answers that explain themselves.

```python
import ipmo

pf = ipmo.read("portfolio.yaml")
ipmo.schedule(pf)["tram/build"].target_float
ipmo.critical_links("portfolio.yaml")[0].reason
```

The names are listed in the stub beside this file, for type checkers and for Python alike; each is loaded when it is first used.
What plugins are made of is in `ipmo.plugin`, what-if changes are in `ipmo.changes`, every noun is in `ipmo.model`.
"""

from collections.abc import Callable as _Callable

import lazy_loader

from ipmo import declared as _declared

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def _installed() -> _declared.Declared:
    """What the installed methodologies add to the model: asked when plain data name an extension or a kind of estimate."""
    from ipmo.desk import declared

    return declared()


def _verb(name: str) -> _Callable[..., object]:
    """A verb that a portfolio has as a method: looked up when it is called."""
    from ipmo import desk
    from ipmo.verbs import change

    found: _Callable[..., object] = getattr(desk if name == "page" else change, name)
    return found


_declared.provide(_installed)
_declared.offer(_verb)
