// Package conversation holds the turns of a chat: who speaks, what kind of
// message it is, the gates every question passes before the library is asked,
// and the state that decides whether the bot may speak at all.
//
// Gate order (DESIGN §6): person in charge, emergency, restricted topics,
// small talk, then knowledge. An emergency is always answered first.
//
// It does not own sockets, storage or the library.
package conversation
