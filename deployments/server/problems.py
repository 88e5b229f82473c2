"""Why the server cannot be started; the messages are for whoever started it."""


class CannotStart(Exception):
    """The root of both."""


class PortTaken(CannotStart):
    """Somebody listens there already; the message names the port and the option that chooses another."""


class NotReady(CannotStart):
    """The server did not come up; the message says what is missing and where its log is."""
