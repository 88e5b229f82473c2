"""The settings with which every connector, of whatever kind, speaks to its stand-in."""

from carrier_variables import carrier_variables
from channel_variables import channel_variables

from deployments.demo.partner_variables import partner_variables

_VARIABLES = {
    "GOOGLE_SHEETS_BASE_URL": "{url}/google_sheets",
    "GOOGLE_SHEETS_SPREADSHEET_ID": "S1",
    "GOOGLE_SHEETS_TOKEN": "ya29.sandbox",
    "ORDERFLOW_ALLOW_PRIVATE_WEBHOOKS": "true",
    "ORDERFLOW_LABEL_FOLDER": "{folder}/labels",
    "ORDERFLOW_REPORT_FOLDER": "{folder}/reports",
    "POWER_BI_BASE_URL": "{url}/power_bi",
    "POWER_BI_CLIENT_ID": "TEST_sandbox",
    "POWER_BI_CLIENT_SECRET": "TEST_sandbox",
    "POWER_BI_DATASET_ID": "sales",
    "POWER_BI_LOGIN_URL": "{url}/power_bi",
    "POWER_BI_TENANT_ID": "TEST_sandbox",
    "SENDGRID_API_KEY": "SG.sandbox",
    "SENDGRID_BASE_URL": "{url}/sendgrid",
    "SENDGRID_FROM_EMAIL": "orders@shop.example",
    "SMTP_FROM_EMAIL": "orders@shop.example",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_PASSWORD": "TEST_sandbox",
    "SMTP_SECURITY": "none",
    "SMTP_USER": "orders",
    "SLACK_BASE_URL": "{url}/slack/api/",
    "SLACK_BOT_TOKEN": "xoxb-sandbox",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
    "TWILIO_AUTH_TOKEN": "TEST_sandbox",
    "TWILIO_BASE_URL": "{url}/twilio",
    "TWILIO_FROM_NUMBER": "+15125550100",
    "WEBHOOK_SIGNING_SECRET": "whsec_c2FuZGJveA==",
    "XERO_BASE_URL": "{url}/xero/api.xro/2.0",
    "XERO_CLIENT_ID": "TEST_sandbox",
    "XERO_CLIENT_SECRET": "TEST_sandbox",
    "XERO_LOGIN_URL": "{url}/xero",
    "XERO_TENANT_ID": "TEST_sandbox",
}


def connector_variables(url: str, folder: str) -> dict[str, str]:
    """Every variable by its name, for a sandbox at this address and a folder for files."""
    told = {name: text.format(url=url, folder=folder) for name, text in _VARIABLES.items()}
    return carrier_variables(url) | channel_variables(url, folder) | partner_variables(url) | told
