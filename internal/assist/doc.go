// Package assist asks a language model, where a bureau has one, behind an
// OpenAI-compatible URL. It proposes texts to staff, orders the options of a
// clarifying question, and tells how near entries are to a question in meaning.
//
// It owns the prompts, what is believed of an answer, and what keeps a slow or
// broken model from being felt: time-outs, bounds on size and number of calls,
// and a circuit breaker for each use. It never tries again while somebody waits.
//
// Invariants: what citizens typed leaves masked, whoever calls; nothing sent or
// received is logged or part of an error; nothing a model says becomes more than
// a proposal, an order of options, or a number.
package assist
