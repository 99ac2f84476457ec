// Package oidc signs people in by an outside provider of identities: OpenID Connect, the code flow.
//
// What always holds: the answer of the provider is taken only in the browser that was sent there (state), for the
// question that was asked (nonce), by who asked it (PKCE), signed with a key of the provider and meant for this client.
// Who somebody is, is issuer and subject; an e-mail counts at the first time, and only one that the provider verified.
// Which role they have, a written table from groups to roles says, or, where there is none, whoever invited them.
//
// It makes no sessions and no users (package account does): it tells for whom the provider vouches.
package oidc
