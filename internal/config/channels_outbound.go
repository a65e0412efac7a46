package config

// Outbound is where the desk may send to beside the public network.
type Outbound struct {
	// Allow lists networks and addresses that are not public, and names of hosts that
	// may be spoken to without TLS and on any port.
	Allow []string `koanf:"allow"`
}
