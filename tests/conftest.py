"""What every test may use."""

import sys
from pathlib import Path

# The folder of tests holds a few shared modules (values, the path of outside material) imported by name.
sys.path.insert(0, str(Path(__file__).parent))
