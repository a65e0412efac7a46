package assignment

// Level is a unit's place in the four-level tree.
type Level string

// The levels of the organisation.
const (
	Bureau     Level = "bureau"     // 市局
	Detachment Level = "detachment" // 支队、处、室
	Branch     Level = "branch"     // 分局、县局
	Station    Level = "station"    // 派出所
)

// Unit is one node of the organisation tree.
type Unit struct {
	ID       string
	Name     string
	Parent   string // unit id, empty for the bureau
	Path     string // materialised: "bureau/branch-east/station-east-1"
	Level    Level
	District string   // district code, for branches and stations
	Aliases  []string // other names people write, for avoidance
}

// TaskForce is the unit every unroutable ticket goes to.
const TaskForce = "mailbox"
