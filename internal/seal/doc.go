// Package seal keeps personal data closed at rest and out of sight on screens.
//
// It owns the file of keys, wrapped by a master key where there is one, the keyring
// (AES-256-GCM or SM4-GCM, keys exchanged while it is used), blind indexes for
// looking up a sealed value, plain hashes of secrets, the masks staff screens
// show, and the detectors that find personal data in free text. It does not own
// storage, nor the decision who may see what.
//
// Invariants: a sealed value opens only at the place it was sealed for; no
// error repeats a value or a key; a detector reports positions, never content.
package seal
