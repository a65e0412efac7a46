// Package courier carries what the house sends out to other systems.
//
// [Guard] is the only way out: whom we may talk to is decided for every connection,
// when the address that is really dialed is known.
package courier
