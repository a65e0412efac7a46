// Package live carries conversations over websockets, sub-protocol jiesu.v1,
// and over plain HTTP for clients that cannot hold a socket.
//
// It owns the frames, the life of a connection, and the waking of whoever
// listens to a conversation. It does not own messages: the desk stores them,
// gives them their sequence numbers, and is asked for them again each time.
//
// # How a message reaches a client
//
// A connection has a cursor, the highest sequence number it has been sent.
// Whenever it is woken (by [Hub.Wake], an ack, or its own ping) its writer asks
// the desk for what comes after the cursor and sends that, in order. A lost
// wake-up therefore costs time and never a message, and nothing waits in memory
// for a slow reader but its own small queue of replies.
//
// # Invariants
//
//   - A connection has one reader and one writer goroutine; only the writer
//     writes, and the hub waits for both when it stops.
//   - Channels are never closed by anyone but the one goroutine that ends a
//     connection, and nothing is ever sent on those; no lock is held while
//     sending.
//   - "ok" is sent after the desk has stored the message, never before.
//   - A frame no larger than the limit cannot make the reader panic.
package live
