"""Which addresses are called at all, and what a message is for each service."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from flask import Flask

from coachhub_chat_notify import sending
from coachhub_chat_notify.addresses import AddressError, called, hint, service_of
from coachhub_chat_notify.formats import Message, payload

SLACK = "https://hooks.slack.com/services/T024BE7LH/B024BE7LJ/abcDEF0123456789"
POWER = (
    "https://default0a1b.2c.environment.api.powerplatform.com:443/powerautomate/automations/direct"
    "/workflows/0123abcd/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers&sv=1.0&sig=abc"
)
LOGIC = (
    "https://prod-12.westeurope.logic.azure.com:443/workflows/0123abcd/triggers/manual/paths/invoke"
    "?api-version=2016-06-01&sig=abc"
)
OFFICE = "https://contoso.webhook.office.com/webhookb2/a-b@c-d/IncomingWebhook/0123/e-f"
DISCORD = "https://discord.com/api/webhooks/223704706495545344/3d89bb7572e0fb30d8128367b3b1b44f"
GOOD = {SLACK: "slack", POWER: "teams", LOGIC: "teams", OFFICE: "teams", DISCORD: "discord"}


@pytest.mark.parametrize("address", GOOD)
def test_the_three_services_are_known(address: str) -> None:
    assert service_of(address).key == GOOD[address]


@pytest.mark.parametrize(
    "address",
    [
        "",
        SLACK.replace("https", "http"),
        SLACK.replace("hooks.slack.com", "hooks.slack.com.example.org"),
        SLACK.replace("hooks.slack.com", "example.org"),
        SLACK.replace("hooks.slack.com", "hooks.slack.com@127.0.0.1"),
        SLACK.replace("hooks.slack.com", "user:secret@hooks.slack.com"),
        SLACK.replace("hooks.slack.com", "hooks.slack.com:8443"),
        SLACK.replace("hooks.slack.com", "hooks.slack.com:99999"),
        SLACK.replace("/services/", "/../services/"),
        SLACK.replace("/services/T024BE7LH", "/services/T024BE7LH/.."),
        "https://hooks.slack.com/",
        "https://evil.logic.azure.com.example.org/workflows/1/triggers/manual/paths/invoke",
        "https://logic.azure.com/workflows/1/triggers/manual/paths/invoke",
        "https://discord.com/api/users/@me",
        "https://127.0.0.1/services/T0/B0/x",
        "https://[::1]/services/T0/B0/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://[bad/services",
        f"{SLACK}\r\nHost: example.org",
        f"{SLACK}?{'a' * 1100}",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ],
)
def test_nothing_else_is(app: Flask, address: str) -> None:
    with pytest.raises(AddressError):
        service_of(address)
    with app.app_context():
        assert sending.post("slack", address, {}).state == "gone"


@pytest.mark.parametrize(
    "found",
    ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.7", "224.0.0.1"],
)
def test_a_name_that_leads_into_a_network_of_ours_is_not_called(
    app: Flask, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lead(_host: str, port: int, **_kw: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

    def never(*_given: object, **_kw: object) -> None:
        raise AssertionError("This would have been a connection.")

    monkeypatch.setattr(socket, "getaddrinfo", lead)
    monkeypatch.setattr(socket, "create_connection", never)
    with app.app_context():
        answer = sending.post("slack", SLACK, {})
    assert (answer.state, answer.problem) == ("later", "hooks.slack.com could not be reached.")


def test_only_the_end_of_an_address_is_shown() -> None:
    assert hint(SLACK) == "hooks.slack.com/…6789"


def test_discord_is_asked_to_say_whether_it_took_the_message() -> None:
    assert called(DISCORD, "discord") == f"{DISCORD}?wait=true"
    assert called(f"{DISCORD}?thread_id=42&x=y", "discord") == f"{DISCORD}?wait=true&thread_id=42"
    assert called(f"{DISCORD}?thread_id=4 2", "discord") == f"{DISCORD}?wait=true"
    assert called(POWER, "teams") == POWER


TRICKY = Message(
    "<!channel> & *all*", ("<https://example.com|here> @everyone [x](y) _a_",), "https://a.example"
)


def test_slack_takes_blocks_and_nothing_typed_as_a_command() -> None:
    made = payload("slack", TRICKY)
    assert made["text"].startswith("&lt;!channel&gt; &amp;")
    [header, section] = made["blocks"]
    assert header["text"] == {"type": "plain_text", "text": "<!channel> & *all*"}
    text = section["text"]["text"]
    assert "&lt;https://example.com|here&gt;" in text
    assert "@everyone" not in text
    assert text.endswith("<https://a.example|Open>")
    assert made["unfurl_links"] is False


def test_teams_takes_an_adaptive_card_as_its_workflows_do() -> None:
    made = payload("teams", TRICKY)
    assert made["type"] == "message"
    [attachment] = made["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert [block["type"] for block in card["body"]] == ["TextBlock", "TextBlock"]
    assert "\\[x\\]\\(y\\)" in card["body"][1]["text"]
    assert card["actions"][0]["url"] == "https://a.example"


def test_discord_takes_an_embed_and_mentions_nobody() -> None:
    made = payload("discord", TRICKY)
    assert made["allowed_mentions"] == {"parse": []}
    [embed] = made["embeds"]
    assert "@everyone" not in embed["description"]
    assert embed["description"].endswith("[Open](https://a.example)")


@pytest.mark.parametrize("service", ["slack", "teams", "discord"])
def test_a_long_message_stays_within_what_each_takes(service: str) -> None:
    made = payload(service, Message("t" * 999, ("l" * 9999,) * 5, "https://a.example"))
    assert len(json.dumps(made)) < 6000
