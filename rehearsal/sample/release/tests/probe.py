"""Fails unless the settings lead to an answer of the provider that is named: the proof that a mode is in use."""

import sys

from meant_it.providers import connect
from meant_it.settings import read_settings

provider = connect(read_settings())
print(f"{provider.name} answered: {provider.complete('Hello!')}")
sys.exit(0 if provider.name == sys.argv[1] else f"{sys.argv[1]} was expected")
