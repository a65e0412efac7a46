package config

import (
	"errors"
	"fmt"
	"time"
)

// chatFaults finds what is wrong with how people answer in chats.
func (c *Config) chatFaults() []error {
	var faults []error
	const most = 30 * time.Minute
	if c.ChatWait != 0 && (c.ChatWait < 30*time.Second || c.ChatWait > most) {
		faults = append(faults, fmt.Errorf("chat_wait: %v is neither 0 nor 30s to 30m", c.ChatWait))
	}
	if c.ChatAway < time.Minute || c.ChatAway > most {
		faults = append(faults, fmt.Errorf("chat_away: %v is not 1m to 30m", c.ChatAway))
	}
	if c.ChatEach < 1 || c.ChatEach > 20 {
		faults = append(faults, errors.New("chat_each: not 1 to 20"))
	}
	return faults
}
