// Package demo makes up tickets for training, screenshots and measurements.
//
// A made-up ticket lives through the real desk: its moves, clocks and dates are
// those the rules allow, at times of its own. It does so over a shelf in memory;
// only what became of it is stored, a batch of tickets in one transaction. Equal
// plans make equal tickets.
//
// Whoever reads one sees what it is: the title begins with [channel.DemoMark],
// the origin is [channel.DemoPlatform], and every entry of its audit trail says
// so. Nobody is told of what happened to it. What an open one still waits for is
// live, so that the desk is at work: its ladder goes on from the present.
package demo
