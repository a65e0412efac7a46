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
// # People
//
// Beside its messages a citizen's connection carries notes, which are not stored and
// may be lost: {"t":"note","kind":"queue","body":{state, position, wait_s, name}}
// whenever how they stand with people has changed, and kind "typing" with {"on"}.
// They ask with {"t":"person","id","cid","category"?}, stop waiting with
// {"t":"leave","id","cid"}, and say that they write with {"t":"typing","on"}. Who
// answers is also in the history: notices of a move have "chat", the state from then on.
//
// Staff connect to their own address with their session, sub-protocol
// jiesu-staff.v1, and begin with {"t":"hello","id","v":1,"topics":[…],"chats":{id:seq}}:
// the lists they want to hear of, and the last message they know of each conversation.
// They are sent
//
//	welcome  {id, sid, ping_s}
//	changed  {topics}: of tickets, reviews, signals, chats, gaps, consultations,
//	         channels and notifications; at most once a second; read the list anew then
//	board    what GET …/staff/chats answers, whenever it may have changed
//	msg      {chat, seq, from, kind, body, at}: what is said in the own conversations
//	note     {chat, kind, body:{on}}: kind typing, or presence of the citizen
//	present  {ticket, people:[{id, name, drafts}]}: who else has the same ticket on
//	         the screen, whenever that changes; only while one may see the ticket
//	ping, goaway and err as citizens are
//
// and send typing {chat, on}, present {ticket, drafts} (in the hello as well; without
// a ticket: none any more) and pong. Everything they do is a request over HTTP.
//
// Who is present is known to the process the socket ends in, and ends with it.
//
// # Invariants
//
//   - A connection has one reader goroutine, and one writer while there is something
//     to do; only the writer writes, and the hub waits for both when it stops.
//   - Channels are never closed by anyone but the one goroutine that ends a
//     connection, and nothing is ever sent on those; no lock is held while
//     sending.
//   - "ok" is sent after the desk has stored the message, never before.
//   - A frame no larger than the limit cannot make the reader panic.
package live
