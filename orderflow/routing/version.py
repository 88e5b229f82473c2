"""Which code decided; written into every decision."""

CODE_VERSION = "0.1.0"
