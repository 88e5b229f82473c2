"""The file `orderflow-config.json`: what a shop may set, read with every mistake named."""

from orderflow.configuration.loading import ConfigurationError, load_configuration
from orderflow.configuration.model import Configuration

__all__ = ["Configuration", "ConfigurationError", "load_configuration"]
