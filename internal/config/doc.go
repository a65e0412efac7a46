// Package config is the one place that reads files and environment for
// settings: one struct, a zero file runs, an unknown key stops the start.
//
// A setting comes from its default, then the YAML file given with --config,
// then its environment variable (JIESU_ and the key in upper case); the later
// wins. Variables that begin with JIESU_TEST_ belong to the test suites.
package config
