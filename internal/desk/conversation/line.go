package conversation

// Line is a fixed, reviewed sentence used outside the library.
type Line struct {
	ID       string   `yaml:"id"`   // e.g. emergency.fire
	Gate     string   `yaml:"gate"` // emergency | restricted | smalltalk | none
	Text     string   `yaml:"text"`
	Hotlines []string `yaml:"hotlines"`
}
