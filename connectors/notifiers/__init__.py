"""Ways to tell people: chat, mail, text, webhooks."""
