package reply

// What a machine has drafted begins with a mark. A reply that still bears it has
// not been checked by anybody and is refused.
const (
	MachineMark          = machineMarkStart + "】"
	MachineMarkUnfounded = machineMarkStart + "；无依据】"

	machineMarkStart = "【机器草拟，须人工核对"
)
