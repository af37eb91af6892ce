// Package simulators is the public face: New makes a server that stands in for
// the task APIs of five vendors. It must not know how to parse flags or print
// to a terminal; that is cmd/vendorsim.
//
// # Architecture
//
// A task's state is a pure function of (definition, seed, created, history,
// now); a vendor is a pure function from that state to its own wire words;
// everything impure (clock, sockets, counters) sits in one thin shell. Imports
// point one way:
//
//	scenarios openapi fixtures   the data: scenario language, contracts, filler
//	  internal/task              the state engine: pure
//	  internal/clock             the only caller of time.Now
//	  internal/journal           what was asked and answered, secrets hidden
//	  internal/verify            judges a client by its requests
//	  internal/traffic           rate limits, faults, request log, kept answers
//	  internal/push              delivers what a vendor pushes, and decides where to
//	  internal/plan              the odds and the course of a lifecycle
//	  internal/replay            a recording of one tenant, credentials by role
//	  internal/api               the words of the control API, and a client for it
//	  internal/tenant            credentials -> isolated worlds; tokens, moves of the clock
//	  internal/sim               what a vendor is written against
//	  bitdefender ... dbvisit    one small package a vendor
//	  internal/admin             the control API
//	simulators                   the list of vendors, routing, the catalog of scenarios
//	simulators/simtest           for other people's Go tests
//	cmd/vendorsim                the commands
//
// A vendor never imports another vendor, YAML, kin-openapi, mux or os, and
// never asks for the time. A test over the import graph holds all of this.
package simulators
