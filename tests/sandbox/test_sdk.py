"""Drives the sandbox with Alter's published backend SDK, as it is, to see that the sandbox is faithful.

Needs ALTER_BASE_URL (read by the SDK) and SANDBOX_APP (the app's origin); `run.mjs` starts the sandbox and sets both.
"""

import asyncio
import base64
import hmac
import json
import logging
import os
import time
import unittest
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
from alter_sdk import App
from alter_sdk.exceptions import (
    AgentNotFoundError,
    BackendError,
    ConnectDeniedError,
    ConnectFlowError,
    ConnectTimeoutError,
    GrantNotFoundError,
    InsufficientScopeError,
    InvalidKeyError,
    ReAuthRequiredError,
)

# The SDK warns at each client that it speaks plain HTTP to 127.0.0.1, which is the point here.
logging.disable(logging.WARNING)

KEY = "alter_rk_sandboxdemoapp22222222_fnbyra"
# Well formed, so that the SDK sends it, and not registered.
UNKNOWN_KEY = "alter_key_" + "x" * 40
# The key that signs the end users' tokens, and an id that nothing has.
USER_TOKEN_KEY = b"sandbox-end-user-token-key"
NOBODY = "00000000-0000-4000-8000-000000000000"
PROVIDERS = os.environ["ALTER_BASE_URL"]
APP = os.environ["SANDBOX_APP"]


def user_token(user: str) -> str:
    """A JSON Web Token of the app's identity provider, HS256."""

    def encode(part: bytes) -> bytes:
        return base64.urlsafe_b64encode(part).rstrip(b"=")

    claims = json.dumps({"sub": user, "exp": int(time.time()) + 60}).encode()
    signed = encode(b'{"alg":"HS256","typ":"JWT"}') + b"." + encode(claims)
    signature = hmac.digest(USER_TOKEN_KEY, signed, "sha256")
    return (signed + b"." + encode(signature)).decode()


class User:
    """Someone at the hosted page, without a browser: forms are posted, redirects followed."""

    def __init__(self) -> None:
        self.http = httpx.Client(base_url=PROVIDERS, follow_redirects=False)

    def open(self, connect_url: str) -> str:
        """Opens the page as its own script does, and answers where it goes on."""
        token = parse_qs(urlsplit(connect_url).fragment)["session"][0]
        answer = self.http.post("/sdk/oauth/connect/start", json={"session_token": token})
        return answer.json()["next"]

    def post(self, path: str, **form: str) -> str:
        answer = self.http.post(path, data=form)
        assert answer.is_redirect, answer.text
        return urljoin(path, answer.headers["location"])

    def decide(self, login: str, account: str, decision: str) -> str:
        return self.post(self.post(login, account=account), decision=decision)

    def connect(self, connect_url: str, account: str = "alice", decision: str = "allow") -> None:
        """Goes through a session with one provider."""
        self.decide(self.open(connect_url), account, decision)


class ConnectSessions(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.vault = App(api_key=KEY)
        self.user = User()

    async def asyncTearDown(self) -> None:
        await self.vault.close()
        self.user.http.close()

    async def poll(self, session):
        return await self.vault.poll_connect_session(
            session.session_token, timeout=5, poll_interval=0.05
        )

    async def test_a_session_says_where_the_page_is(self) -> None:
        session = await self.vault.create_connect_session(
            allowed_providers=["Google "], return_url=f"{APP}/?a=1", allowed_origin=f"{APP}/"
        )
        self.assertEqual(
            session.connect_url, f"{PROVIDERS}/sdk/oauth/connect#session={session.session_token}"
        )
        self.assertEqual(session.expires_in, 600)
        self.assertTrue(session.single_provider)
        self.assertFalse(session.direct)
        several = await self.vault.create_connect_session()
        self.assertFalse(several.single_provider)

    async def test_allowing_gives_a_grant(self) -> None:
        session = await self.vault.create_connect_session(allowed_providers=["github"])
        self.user.connect(session.connect_url, "bob")
        (result,) = await self.poll(session)
        self.assertEqual(result.provider_id, "github")
        self.assertEqual(result.account_identifier, "bob@example.com")
        self.assertEqual(result.operation, "creation")
        self.assertIn("repo", result.scopes)
        listed = await self.vault.list_grants(provider_id="github", account="bob@example.com")
        self.assertIn(result.grant_id, [grant.grant_id for grant in listed.grants])

    async def test_waiting_for_the_user(self) -> None:
        session = await self.vault.create_connect_session(allowed_providers=["slack"])
        waiting = asyncio.create_task(self.poll(session))
        await asyncio.sleep(0.2)
        self.user.connect(session.connect_url)
        (result,) = await waiting
        self.assertEqual(result.provider_id, "slack")

    async def test_denying_is_a_typed_error(self) -> None:
        session = await self.vault.create_connect_session(allowed_providers=["google"])
        self.user.connect(session.connect_url, decision="deny")
        with self.assertRaises(ConnectDeniedError):
            await self.poll(session)

    async def test_a_provider_error_is_a_flow_error(self) -> None:
        session = await self.vault.create_connect_session(allowed_providers=["google"])
        self.user.connect(session.connect_url, account="dana")
        with self.assertRaises(ConnectFlowError) as raised:
            await self.poll(session)
        self.assertEqual(raised.exception.details["error_code"], "provider_error")

    async def test_declining_one_of_several_is_an_event(self) -> None:
        session = await self.vault.create_connect_session(allowed_providers=["google", "notion"])
        picker = self.user.open(session.connect_url)
        self.user.decide(f"{picker}/google/login", "alice", "deny")
        events: list[dict] = []
        waiting = asyncio.create_task(
            self.vault.poll_connect_session(
                session.session_token, timeout=5, poll_interval=0.05, on_event=events.append
            )
        )
        await asyncio.sleep(0.2)
        self.user.decide(f"{picker}/notion/login", "alice", "allow")
        self.user.post(picker, choose="done")
        (result,) = await waiting
        self.assertEqual(result.provider_id, "notion")
        self.assertEqual(events[0]["type"], "provider_declined")
        self.assertEqual(events[0]["provider_id"], "google")

    async def test_nobody_comes(self) -> None:
        session = await self.vault.create_connect_session(allowed_providers=["google"])
        with self.assertRaises(ConnectTimeoutError) as raised:
            await self.vault.poll_connect_session(
                session.session_token, timeout=1, poll_interval=0.2
            )
        self.assertEqual(raised.exception.details["reason"], "poll_deadline_elapsed")
        with self.assertRaises(ConnectFlowError):
            await self.vault.poll_connect_session("sess_unknown", timeout=1)

    async def test_repairing_keeps_the_grant(self) -> None:
        first = await self.vault.create_connect_session(allowed_providers=["hubspot"])
        self.user.connect(first.connect_url, "carol")
        (created,) = await self.poll(first)
        repair = await self.vault.create_connect_session(
            allowed_providers=["hubspot"], repair_grant_id=created.grant_id
        )
        self.user.connect(repair.connect_url, "carol")
        (repaired,) = await self.poll(repair)
        self.assertEqual(repaired.grant_id, created.grant_id)
        self.assertEqual(repaired.operation, "reauth")

    async def test_revoking(self) -> None:
        session = await self.vault.create_connect_session(allowed_providers=["notion"])
        self.user.connect(session.connect_url, "carol")
        (result,) = await self.poll(session)
        revoked = await self.vault.revoke_grant(result.grant_id, reason="test")
        self.assertTrue(revoked.success)
        with self.assertRaises(GrantNotFoundError):
            await self.vault.revoke_grant(result.grant_id)

    async def test_narrowed_scopes_and_a_label(self) -> None:
        session = await self.vault.create_connect_session(
            allowed_providers=["google"],
            required_scopes={"google": ["email"]},
            requested_grant={"label": "work"},
            direct=True,
        )
        self.assertTrue(session.direct)
        self.user.connect(session.connect_url)
        (result,) = await self.poll(session)
        self.assertEqual(list(result.scopes), ["email"])
        listed = await self.vault.list_grants(label="work")
        self.assertEqual([grant.grant_id for grant in listed.grants], [result.grant_id])

    async def test_a_grant_lives_as_long_as_its_policy_says(self) -> None:
        async def connected(**policy: int):
            session = await self.vault.create_connect_session(
                allowed_providers=["slack"],
                requested_grant={"label": f"policy {policy}"},
                grant_policy=policy,
            )
            self.user.connect(session.connect_url)
            (result,) = await self.poll(session)
            listed = await self.vault.list_grants(provider_id="slack")
            grant = next(one for one in listed.grants if one.grant_id == result.grant_id)
            lives = datetime.fromisoformat(grant.grant_expires_at) - datetime.fromisoformat(
                grant.created_at
            )
            self.assertEqual(result.grant_policy.expires_at, grant.grant_expires_at)
            self.assertEqual(result.grant_policy.created_by, "developer")
            return grant, lives

        grant, lives = await connected(max_ttl_seconds=3600)
        self.assertEqual((grant.status, lives), ("active", timedelta(hours=1)))
        grant, lives = await connected(max_ttl_seconds=3600, default_ttl_seconds=1)
        self.assertEqual(lives, timedelta(seconds=1))
        await asyncio.sleep(1)
        listed = await self.vault.list_grants(provider_id="slack", status="expired")
        self.assertIn(grant.grant_id, [one.grant_id for one in listed.grants])
        with self.assertRaises(BackendError) as refused:
            await self.vault.create_connect_session(
                allowed_providers=["slack"],
                grant_policy={"max_ttl_seconds": 60, "default_ttl_seconds": 61},
            )
        self.assertEqual(refused.exception.status_code, 422)

    async def test_what_the_sandbox_refuses(self) -> None:
        mint = self.vault.create_connect_session
        with self.assertRaises(BackendError) as raised:
            await mint(allowed_origin=f"{APP}/path")
        self.assertEqual(raised.exception.details["error"], "invalid_allowed_origin")
        with self.assertRaises(BackendError) as raised:
            await mint(allowed_providers=["google"], required_scopes={"google": ["drive"]})
        self.assertEqual(raised.exception.details["error"], "scope_not_allowed")
        with self.assertRaises(AgentNotFoundError):
            await mint(agent="nobody", user_token="x")
        for code, wrong in {
            "agent_requires_user_token": {"agent": "nobody"},
            "invalid_scope_constraint": {"scope_constraint": ["email"]},
            "invalid_request": {"required_scopes": {"google": "email"}},
            "scope_not_allowed": {
                "allowed_providers": ["google"],
                "required_scopes": {"slack": ["nothing"]},
            },
        }.items():
            with self.subTest(code), self.assertRaises(BackendError) as raised:
                await mint(**wrong)
            self.assertEqual(raised.exception.details["error"], code)
        with self.assertRaises(ReAuthRequiredError):
            await mint(user_token="not a token")
        with self.assertRaises(GrantNotFoundError):
            await mint(
                allowed_providers=["google"],
                repair_grant_id=NOBODY,
            )


class Signatures(unittest.IsolatedAsyncioTestCase):
    async def test_an_unknown_key_is_refused(self) -> None:
        async with App(api_key=UNKNOWN_KEY) as vault:
            with self.assertRaises(InvalidKeyError):
                await vault.create_connect_session()

    async def test_the_caller_is_signed_too(self) -> None:
        async with App(api_key=KEY, caller="billing-service") as vault:
            session = await vault.create_connect_session()
            self.assertTrue(session.session_token)

    async def test_a_constrained_client_does_what_it_kept(self) -> None:
        async with App(api_key=KEY) as vault:
            constrained = vault.with_constraints(scopes=["grants:read"])
            listed = await constrained.list_grants()
            self.assertGreaterEqual(listed.total, 0)
            with self.assertRaises(InsufficientScopeError) as raised:
                await constrained.create_connect_session()
            self.assertEqual(raised.exception.missing, ["connect:initiate"])
            with self.assertRaises(InsufficientScopeError):
                await constrained.revoke_grant(NOBODY)

    async def test_an_agent_that_is_not_there_does_nothing(self) -> None:
        async with App(api_key=KEY) as vault:
            agent = vault.get_agent(NOBODY)
            for call in (agent.create_connect_session, agent.list_grants):
                with self.assertRaises(AgentNotFoundError) as raised:
                    await call()
                self.assertEqual(raised.exception.details["error"], "caller_agent_unresolved")

    async def test_a_user_token_names_its_user(self) -> None:
        async with App(api_key=KEY) as vault:
            self.assertEqual(await vault.verify_user_token(user_token("user-1")), "user-1")
            self.assertIsNone(await vault.verify_user_token("a.b.c"))

    async def test_what_the_sandbox_does_not_play_is_no_grant_that_is_gone(self) -> None:
        async with App(api_key=KEY) as vault:
            with self.assertRaises(BackendError) as raised:
                await vault.create_auth_session()
            self.assertNotIsInstance(raised.exception, GrantNotFoundError)
            self.assertEqual(raised.exception.details["error"], "not_implemented")


if __name__ == "__main__":
    unittest.main()
