"""Signing in to servers over HTTP: OAuth 2.1 as MCP has it (specification, basic/authorization).

authorizer.py       one per connection: what the hub asks for an `httpx2.Auth`, and what is known of the sign-in
flow.py             the `httpx2.Auth`: puts the token on each request, starts a sign-in when the server wants one
grant.py            what all ways to a token share; the ways:
code_grant.py       a person agrees in a browser; loopback.py hears the browser come back
machine_grant.py    this program signs in for itself, with a secret or a key
assertion_grant.py  somebody vouches for this program, or for its user
vault.py            what is kept between runs; journal.py: the steps that a person can follow
egress.py           the way out for everything but the MCP requests; addresses.py: where it may lead
"""
