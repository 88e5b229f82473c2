"""What outside services send and take: JSON objects, as plain values."""

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]
