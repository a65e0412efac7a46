package desk

import (
	"context"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
)

// Store keeps everything the desk must not lose. internal/store fulfils it on
// SQLite and on PostgreSQL with one conformance suite.
//
// A row that is not there is a problem of kind NotFound. Texts and contacts are
// sealed by the store; callers see plain values.
type Store interface {
	// InTx runs fn in one transaction: all of it is stored, or nothing. fn must
	// use tx alone, may run again after a serialisation failure, and must have
	// no other effect. It returns after the commit is durable.
	InTx(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
	Reader
}

// Reader reads; outside a transaction it sees the last commit.
type Reader interface {
	CaseReader
	HouseReader
	QueueReader
	LearningReader
	OversightReader
	PublicationReader
}

// CaseReader reads cases: tickets, chats, and what passes between the desk and
// other systems.
type CaseReader interface {
	TicketReader
	MergeReader
	ConversationReader
	LiveReader
	PhraseReader
	PhoneReader
	ChannelReader
}

// LearningReader reads what the desk learns from.
type LearningReader interface {
	PastReader
	LessonReader
	GapReader
}

// OversightReader reads what is watched over: deadlines, and who may know whom.
type OversightReader interface {
	UnsealingReader
	WatchReader
	// Trail returns what the audit trail tells about one object, in order.
	Trail(ctx context.Context, object string) ([]audit.Entry, error)
	AuditReader
	FigureReader
	SignalReader
}

// FigureReader reads what units are measured by.
type FigureReader interface {
	SupervisionReader
	ScoreReader
	CallbackReader
	AppealReader
	ReportReader
}

// Tx reads and writes inside a transaction.
type Tx interface {
	Reader
	CaseWriter
	HouseWriter
	QueueWriter
	LearningWriter
	OversightWriter
	PublicationWriter
	// Try runs fn inside the transaction. Where fn fails, what it wrote is undone,
	// and the transaction goes on.
	Try(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// CaseWriter writes what [CaseReader] reads.
type CaseWriter interface {
	TicketWriter
	TicketIndexer
	ConversationWriter
	LiveWriter
	PhraseWriter
	PhoneWriter
	ChannelWriter
}

// ChannelReader reads what comes from other systems and goes to them.
type ChannelReader interface {
	InboundReader
	DeliveryReader
	PlatformReader
	WeChatReader
	ReachReader
	MailReader
	EndpointReader
	AppReader
}

// ChannelWriter writes it.
type ChannelWriter interface {
	InboundWriter
	DeliveryWriter
	OrderWriter
	WeChatWriter
	ReachWriter
	MailWriter
	EndpointWriter
	AppWriter
}

// LearningWriter writes what comes of learning.
type LearningWriter interface {
	LinkWriter
	LessonWriter
	GapWriter
}

// OversightWriter writes what comes of watching.
type OversightWriter interface {
	UnsealingWriter
	StepWriter
	ScoreWriter
	CallbackWriter
	AppealWriter
	ReportWriter
	SignalWriter
	AuditWriter
}

// TicketReader reads tickets and what belongs to them.
type TicketReader interface {
	TicketByNumber(ctx context.Context, number string) (ticket.Ticket, error)
	// TicketCode returns the stored hash of the query code beside the ticket.
	TicketCode(ctx context.Context, number string) (ticket.Ticket, []byte, error)
	Tickets(ctx context.Context, f Filter) (Page, error)
	Events(ctx context.Context, ticketID string) ([]ticket.Event, error)
	Drafts(ctx context.Context, ticketID string) ([]reply.Draft, error)
	Clocks(ctx context.Context, ticketID string) ([]deadline.Clock, error)
	// Letter returns the letter without its contact.
	Letter(ctx context.Context, id string) (channel.Letter, error)
	// Contact returns who wrote a letter; NotFound where nobody gave a name.
	Contact(ctx context.Context, letterID string) (channel.Contact, error)
}

// MergeReader finds tickets by what ties them to others.
type MergeReader interface {
	// Children returns the tickets that are merged into one, oldest first.
	Children(ctx context.Context, ticketID string) ([]ticket.Ticket, error)
	TicketByID(ctx context.Context, id string) (ticket.Ticket, error)
	// TicketsByID returns the tickets that have one of the ids, in any order.
	TicketsByID(ctx context.Context, ids []string) ([]ticket.Ticket, error)
	// TicketsByNumber does the same by their numbers.
	TicketsByNumber(ctx context.Context, numbers []string) ([]ticket.Ticket, error)
	// TicketByOrigin finds the ticket of an upstream platform's number.
	TicketByOrigin(ctx context.Context, platform, id string) (ticket.Ticket, error)
}

// TicketWriter writes tickets. Inserts are final; UpdateTicket is guarded.
type TicketWriter interface {
	InsertTicket(ctx context.Context, l channel.Letter, t ticket.Ticket, codeHash []byte) error
	// UpdateTicket stores t where the row still has version was; otherwise it is
	// a Conflict "ticket.stale" and nothing changes.
	UpdateTicket(ctx context.Context, t ticket.Ticket, was int64) error
	// AddFiles gives a letter more attachments; one that another letter has is a
	// Conflict "attachment.taken".
	AddFiles(ctx context.Context, letterID string, attachments ...string) error
	InsertEvent(ctx context.Context, es ...ticket.Event) error
	SaveDraft(ctx context.Context, d reply.Draft) error // inserts, or updates the review marks by ID
	InsertClock(ctx context.Context, cs ...deadline.Clock) error
	UpdateClock(ctx context.Context, c deadline.Clock, was int64) error
	// DueClocks locks and returns at most limit open clocks whose NextAt is not
	// after at, oldest first; rows locked by others are passed over.
	DueClocks(ctx context.Context, at time.Time, limit int) ([]deadline.Clock, error)
}

// StepWriter stores the steps of many clocks at once.
type StepWriter interface {
	// StepClocks stores what firing their next step made of the clocks, each of
	// which must still have the version before it; otherwise it is a Conflict
	// "ticket.stale".
	StepClocks(ctx context.Context, clocks []deadline.Clock) error
}

// PastReader reads what the desk learns from, and what it has found.
type PastReader interface {
	// Past returns at most f.Limit tickets with their letters, in order of their
	// ids; never a report or an opinion on a consultation.
	Past(ctx context.Context, f PastFilter) ([]PastTicket, error)
	// Genuine reports whether there is any ticket that was not made up.
	Genuine(ctx context.Context) (bool, error)
	// Links returns the links from and to a ticket, likeliest first.
	Links(ctx context.Context, ticketID string) ([]Link, error)
}

// LinkWriter writes links.
type LinkWriter interface {
	InsertLink(ctx context.Context, l Link) error // a known pair is skipped silently
}

// ConversationReader reads chats. Inside a transaction Conversation also locks
// what it returns until the end: two hand-overs at once cannot both be first.
type ConversationReader interface {
	Conversation(ctx context.Context, id string) (conversation.Conversation, error)
	// Messages returns messages with Seq > after in order, at most limit.
	Messages(ctx context.Context, conversationID string, after int64, limit int) ([]conversation.Message, error)
	// MessageByClientID finds a message the same sender has sent before.
	MessageByClientID(ctx context.Context, conversationID string, role conversation.Role, clientID string) (conversation.Message, error)
	// Thread is what was saved under key and has not expired; the empty one
	// where there is none.
	Thread(ctx context.Context, key []byte, at time.Time) (conversation.Thread, error)
}

// ConversationWriter writes chats.
type ConversationWriter interface {
	InsertConversation(ctx context.Context, c conversation.Conversation) error
	// UpdateConversation stores c where the row still has version was; otherwise it
	// is a Conflict "chat.stale" and nothing changes. The head is Append's alone.
	UpdateConversation(ctx context.Context, c conversation.Conversation, was int64) error
	// Append gives the messages the next sequence numbers, in order, under the
	// conversation's lock, stores them and raises its head. It returns them with
	// Seq set. A repeated client id is a Conflict "chat.duplicate".
	Append(ctx context.Context, conversationID string, ms ...conversation.Message) ([]conversation.Message, error)
	InsertPass(ctx context.Context, p Pass) error
	// TakePass removes an unexpired pass and returns it; each pass works once.
	TakePass(ctx context.Context, hash []byte, at time.Time) (Pass, error)
	// SaveThread keeps t under key until then, instead of what was there; an
	// empty one only removes that.
	SaveThread(ctx context.Context, key []byte, t conversation.Thread, until time.Time) error
}

// HouseReader reads what the house goes by: its units and its calendar.
type HouseReader interface {
	DirectoryReader
	CalendarReader
	HotlineReader
	KeepingReader
}

// HouseWriter writes what the house goes by.
type HouseWriter interface {
	DirectoryWriter
	CalendarWriter
	HotlineWriter
	KeepingWriter
}

// KeepingReader reads what is kept until when.
type KeepingReader interface {
	RetentionReader
	HoldReader
	ErasureReader
}

// KeepingWriter writes it.
type KeepingWriter interface {
	RetentionWriter
	HoldWriter
	ErasureWriter
}

// DirectoryReader reads units, and who is where in them.
type DirectoryReader interface {
	Units(ctx context.Context) ([]assignment.Unit, error)
	People(ctx context.Context) ([]assignment.Person, error) // who may sign in, by id
	Posts(ctx context.Context) ([]assignment.Post, error)    // by id
	// Terms returns what has not ended by since, in order of beginning and id.
	Terms(ctx context.Context, since time.Time) ([]assignment.Term, error)
	CatalogueVersions(ctx context.Context) ([]assignment.Version, error) // by number
}

// DirectoryWriter writes them.
type DirectoryWriter interface {
	SaveUnits(ctx context.Context, units []assignment.Unit) error // upsert by ID
	// HoldDirectory makes others wait until the end of the transaction who want
	// to change the below: what is checked against it stays true.
	HoldDirectory(ctx context.Context) error
	InsertPost(ctx context.Context, p assignment.Post) error
	InsertTerm(ctx context.Context, t assignment.Term) error
	// EndTerm ends a term at a moment, or at its beginning if that is later; one
	// that has ended before is NotFound "term.not_found".
	EndTerm(ctx context.Context, id string, at time.Time) error
	InsertCatalogue(ctx context.Context, v assignment.Version, at time.Time) error
}

// QueueReader reads what waits for somebody.
type QueueReader interface {
	Idempotent(ctx context.Context, scope string, key []byte) (Idempotency, error)
	// Notifications returns those to any of the given units, newest first.
	Notifications(ctx context.Context, units []string, limit int) ([]Notification, error)
	Attachment(ctx context.Context, id string) (channel.Attachment, []byte, error)
	// AttachmentInfo is Attachment without the content.
	AttachmentInfo(ctx context.Context, id string) (channel.Attachment, error)
	ScanReader
	Unanswered(ctx context.Context, limit int) ([]Unanswered, error)
	// JobCounts returns the number of jobs by state.
	JobCounts(ctx context.Context) (map[JobState]int, error)
	CountReader
}

// QueueWriter writes what others pick up later, and the audit trail.
type QueueWriter interface {
	SaveIdempotency(ctx context.Context, i Idempotency) error // a taken key is Conflict "idempotency.taken"
	Record(ctx context.Context, e audit.Entry) error          // links e into its lane
	Enqueue(ctx context.Context, jobs ...Job) error           // a known Key is skipped silently
	// ClaimJobs leases at most limit runnable jobs until the given time and counts
	// the attempt; rows locked by others are passed over.
	ClaimJobs(ctx context.Context, at, until time.Time, limit int) ([]Job, error)
	// FinishJob ends the attempt j was claimed for; if another claim came after
	// it, that is a Conflict "job.lost".
	FinishJob(ctx context.Context, j Job) error
	InsertNotification(ctx context.Context, n Notification) error // a known ID is skipped silently
	FileWriter
	NoteUnanswered(ctx context.Context, u Unanswered) error // same Text: adds to Count
}
