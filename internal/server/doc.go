// Package server is the edge: HTTP in, the desk behind.
//
// It owns routes, the OpenAPI document, problem documents and their status
// codes, sessions on the wire, rate classes, client addresses, metrics, access
// logs, and (in live) websockets. It decides nothing about letters: shapes are
// checked here, rules are checked by the desk.
//
// # Invariants
//
//   - Every route needs a session unless it stands in [openDoors].
//   - Every failure is an RFC 9457 problem with a stable code; none repeats a
//     rejected value, and an error the code does not know shows nothing of
//     itself but the request id.
//   - Logs and metrics carry route templates: no query, body, name, number,
//     token or full address.
//
// # Life cycle
//
// [New] builds routes and starts nothing. [Server.Start] lets chat connections
// in, [Server.Stop] sends them away and waits; the caller owns the listener.
package server
