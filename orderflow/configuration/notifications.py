"""Who is told what, and by which way."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator

from orderflow.holds import HoldReason
from orderflow.value import Value

# How a recipient begins, and the setting that switches that way of telling off; the dashboard is always on.
SWITCHES: Mapping[str, str] = {
    "slack_channel": "slack_enabled",
    "email": "email_enabled",
    "sms": "sms_enabled",
    "webhook": "",
    "dashboard": "",
}

_RECIPIENT = re.compile(rf"({'|'.join(SWITCHES)}):\S.*")

DEFAULT_TEAMS: Mapping[HoldReason, str] = {
    HoldReason.PAYMENT: "finance",
    HoldReason.ADDRESS: "support",
    HoldReason.INVENTORY: "inventory",
    HoldReason.FRAUD: "risk",
    HoldReason.APPROVAL: "operations",
}


def checked_recipient(text: str) -> str:
    """The recipient, unchanged. Raises ValueError unless it is a way of telling, a colon and whom to tell."""
    if not _RECIPIENT.fullmatch(text):
        raise ValueError(f'expected a recipient like "slack_channel:vip_orders"; the ways are {", ".join(SWITCHES)}')
    return text


Recipient = Annotated[str, AfterValidator(checked_recipient)]


class Notifications(Value):
    """The ways of telling people that are switched on, and who is told of a held order.

    `teams` says which team answers for a reason, `channels` where that team reads. A reason or team that is not named
    keeps its default: the Slack channel of the team's name and the dashboard. `slack_users` says who is who: Slack's id
    of a person and the name our records know them by. With any, cards that ask for an approval have buttons for it.
    `mail_by` is the service mail goes by.
    """

    slack_enabled: bool = True
    email_enabled: bool = True
    sms_enabled: bool = True
    mail_by: Literal["sendgrid", "smtp"] = "sendgrid"
    sms_recipients: tuple[str, ...] = ()
    teams: dict[HoldReason, str] = {}
    channels: dict[str, tuple[Recipient, ...]] = {}
    slack_users: dict[str, str] = {}

    def team_for(self, reason: HoldReason) -> str:
        """The team that answers for this reason."""
        return self.teams.get(reason, DEFAULT_TEAMS[reason])

    def recipients_for(self, reason: HoldReason) -> tuple[str, ...]:
        """Where a case of this reason is announced, without the ways that are switched off."""
        return self.recipients_of(self.team_for(reason))

    def recipients_of(self, team: str) -> tuple[str, ...]:
        """Where the team reads, without the ways that are switched off."""
        wanted = self.channels.get(team, (f"slack_channel:{team}", f"dashboard:{team}"))
        return tuple(recipient for recipient in wanted if self.allows(recipient))

    def allows(self, recipient: str) -> bool:
        """Whether the way of telling this recipient is switched on."""
        switch = SWITCHES.get(recipient.partition(":")[0])
        return switch is not None and (not switch or bool(getattr(self, switch)))
