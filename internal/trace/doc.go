// Package trace writes down how requests, messages, jobs and deliveries went, as
// spans of OpenTelemetry that a collector takes over OTLP/HTTP.
//
// Rooms begin a trace with a [Tracer] where work enters the house, and add to the
// one they are in with [Step]. Without a tracer, or where a trace is not sampled,
// neither does anything or takes memory.
//
// Spans hold names from short lists (templates of routes, tables, kinds, codes) and
// numbers, by the semantic conventions. They never hold what was sent or asked: no
// paths, queries, texts of statements, addresses of clients, nor texts of errors.
// Traces begin here: what a client says about its own is not taken over, and ours is
// told to nobody outside.
package trace
