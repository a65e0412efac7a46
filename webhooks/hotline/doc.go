// Package hotline is what goes over the wire to and from a city's 12345 platform.
//
// There is no national format: every city has field names, codes and a way to sign
// of its own. So there is one work order ([Order]), one list of what the platform
// tells us ([Act]) and of what we tell it ([Op]), and for each platform an adapter
// that turns its requests into acts and our operations into requests.
//
// It is bytes and values: no clock is read, nothing is stored. What is not
// certainly the platform's is refused with the one error [ErrRefused]; what is, and
// still makes no sense, is [FieldErrors], which may be shown to staff: it names fields
// and rules, never what was in them.
package hotline
