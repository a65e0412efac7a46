package dossier

import "time"

// Format names the form of archive.json.
const Format = "jiesu.archive/1"

// Dossier is one file.
type Dossier struct {
	Format     string    `json:"format"`
	Number     string    `json:"number"`
	Title      string    `json:"title"`
	Text       string    `json:"text"`
	Fields     []Pair    `json:"fields"`
	Applicant  Applicant `json:"applicant"`
	Channel    string    `json:"channel"`
	Unit       string    `json:"unit"`
	Status     string    `json:"status"`
	End        string    `json:"end"` // how it ended, in words
	Reason     string    `json:"reason,omitempty"`
	ReceivedAt time.Time `json:"received_at"`
	EndedAt    time.Time `json:"ended_at"`
	Stages     []Stage   `json:"stages"`
	Third      []Event   `json:"third_parties"`
	Clocks     []Clock   `json:"clocks"`
	Replies    []Reply   `json:"replies"`
	Files      []File    `json:"files"`
	Trail      []Entry   `json:"audit"`
}

// Pair is a value with its label.
type Pair struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Applicant is who asked.
type Applicant struct {
	Name     string `json:"name"`
	Phone    string `json:"phone"`
	IDNumber string `json:"id_number"`
	Address  string `json:"address"`
	Email    string `json:"email,omitempty"`
}

// Stage is a time spent in one of the five stages: register, review, process,
// reply, archive.
type Stage struct {
	Stage  string    `json:"stage"`
	Name   string    `json:"name"`
	From   time.Time `json:"from"`
	Events []Event   `json:"events"`
}

// Event is one step.
type Event struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Move   string    `json:"move"`
	Name   string    `json:"name"`
	From   string    `json:"from,omitempty"`
	To     string    `json:"to"`
	Actor  string    `json:"actor,omitempty"` // user id; empty: the applicant or the system
	Person string    `json:"person,omitempty"`
	Unit   string    `json:"unit,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Note   string    `json:"note,omitempty"`
	Public string    `json:"public,omitempty"` // what the applicant read
}

// Clock is one deadline, met or not.
type Clock struct {
	Purpose    string    `json:"purpose"`
	Name       string    `json:"name"`
	Rule       string    `json:"rule"`
	Version    int       `json:"rule_version"`
	Basis      string    `json:"basis"`
	Budget     string    `json:"budget"`
	Unit       string    `json:"unit"`
	Calendar   string    `json:"calendar"`
	StartedAt  time.Time `json:"started_at"`
	DueAt      time.Time `json:"due_at"`
	MetAt      time.Time `json:"met_at,omitzero"`
	BreachedAt time.Time `json:"breached_at,omitzero"`
	Superseded bool      `json:"superseded"` // another one took its place
	Explain    []Line    `json:"explain"`
	Pauses     []Pause   `json:"pauses"`
	Changes    []Change  `json:"changes"`
}

// Line is one day of an explanation.
type Line struct {
	Date string `json:"date"`
	Text string `json:"text"`
}

// Pause is a time that was not counted.
type Pause struct {
	Reason string    `json:"reason"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to,omitzero"`
}

// Change is what once moved a date.
type Change struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Reason string    `json:"reason,omitempty"`
	Before time.Time `json:"before"`
	After  time.Time `json:"after"`
}

// Reply is one revision of the reply with its review.
type Reply struct {
	Round      int       `json:"round"`
	Revision   int       `json:"revision"`
	Outcome    string    `json:"outcome"`
	Name       string    `json:"outcome_name"`
	Basis      string    `json:"basis"`
	Text       string    `json:"text"`
	Remedies   []string  `json:"remedies"` // those it names
	Author     string    `json:"author"`
	At         time.Time `json:"at"`
	Approver   string    `json:"approved_by,omitempty"`
	ApprovedAt time.Time `json:"approved_at,omitzero"`
	ReleasedAt time.Time `json:"released_at,omitzero"`
}

// File is one file of the applicant's.
type File struct {
	Path   string `json:"path"` // in the ZIP
	Name   string `json:"name"` // as it was uploaded
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Entry is one entry of the audit trail with its place in the chain.
type Entry struct {
	Lane   int               `json:"lane"`
	Seq    int64             `json:"seq"`
	At     time.Time         `json:"at"`
	Actor  string            `json:"actor"`
	Action string            `json:"action"`
	Detail map[string]string `json:"detail"`
	Prev   string            `json:"prev"`
	Hash   string            `json:"hash"`
}
