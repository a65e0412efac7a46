package server

import (
	"context"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/knowledge/sheet"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/server/live"
)

// Desk is everything the edge asks of the desk; *desk.Desk fulfils it.
type Desk interface {
	Library
	Intake
	Talks
	Casework
	Lessons
	Proposals
	House
	Publications
}

// Talks are what is said between citizens and the desk.
type Talks interface {
	Chats
	ChatDesk
	Phrases
	WeChat
}

// ChatDesk are the people who answer in chats; what of it the hub needs is in Chats.
type ChatDesk interface {
	ChatOf(ctx context.Context, a desk.Actor, id string, after int64) (desk.ChatView, error)
	ChatColleagues(ctx context.Context, a desk.Actor, id string) ([]desk.ChatColleague, error)
	TakeChat(ctx context.Context, a desk.Actor, id string) error
	ReplyInChat(ctx context.Context, a desk.Actor, id string, r desk.ChatReply) (desk.SaidResult, error)
	HandBackChat(ctx context.Context, a desk.Actor, id, note string) error
	TransferChat(ctx context.Context, a desk.Actor, id string, t desk.ChatTransfer) error
	EndChat(ctx context.Context, a desk.Actor, id, note string) error
	ChatToTicket(ctx context.Context, a desk.Actor, id string, o desk.Opening) (number string, err error)
}

// Phrases are canned replies.
type Phrases interface {
	Phrases(ctx context.Context, a desk.Actor, f desk.PhraseFilter) ([]desk.ChatPhrase, error)
	AddPhrase(ctx context.Context, a desk.Actor, p desk.ChatPhrase, shared bool) (desk.ChatPhrase, error)
	ChangePhrase(ctx context.Context, a desk.Actor, p desk.ChatPhrase) (desk.ChatPhrase, error)
}

// WeChat is what is done for people on WeChat.
type WeChat interface {
	ReceiveWeChat(ctx context.Context, account, key string, m desk.WeChatMessage) (desk.Inbound, error)
	AnswerWeChat(ctx context.Context, in desk.Inbound) (string, error)
	AnswerWeChatLate(ctx context.Context, in desk.Inbound) error
	WeChatAnswered(ctx context.Context, in desk.Inbound) error
	EnterWeChat(ctx context.Context, account, openID string) (desk.Admission, error)
	KeepWeChatPhone(ctx context.Context, account, conversationID, token, phone string) (string, error)
	AgreeWeChat(ctx context.Context, account, conversationID, token string, templates []string) error
}

// Publications are what the public reads beside the library.
type Publications interface {
	Consultations
	Texts
	Shelf
	ShelfFiles
	Versions
	Replies
}

// Replies are replies to letters that everybody may read.
type Replies interface {
	PublicReplies
	Disclosures
}

// PublicReplies are those replies, and how many letters there were.
type PublicReplies interface {
	PublicReplies(ctx context.Context, f desk.ReplyFilter) (desk.ReplyPage, error)
	PublicReply(ctx context.Context, id string) (desk.PublicReplyView, error)
	ReplyCategories(ctx context.Context) ([]desk.ReplyCategory, error)
	MessageFigures(ctx context.Context) (desk.MessageFigures, error)
}

// Disclosures are the decisions about them.
type Disclosures interface {
	Disclosure(ctx context.Context, a desk.Actor, number string) (desk.DisclosureView, error)
	Disclose(ctx context.Context, a desk.Actor, number string, c desk.DisclosureCommand) (desk.DisclosureView, error)
	ConfirmRedactions(ctx context.Context, a desk.Actor, number string, c desk.RedactionCommand) (desk.DisclosureView, error)
	Undisclosed(ctx context.Context, a desk.Actor, cursor string) (desk.Undisclosed, error)
}

// ShelfFiles are the library as staff see it, and as files.
type ShelfFiles interface {
	OnShelf(ctx context.Context, a desk.Actor, f desk.ShelfFilter) (desk.ShelfView, error)
	EntryOnShelf(ctx context.Context, a desk.Actor, id string) (desk.ShelfEntry, error)
	ExportLibrary(ctx context.Context, a desk.Actor) ([]sheet.Row, error)
	ImportLibrary(ctx context.Context, a desk.Actor, files []sheet.File, apply bool) (desk.LibraryImport, error)
}

// Versions are the lasting addresses of what was published.
type Versions interface {
	EntryVersion(id string, n int) (desk.EntryVersion, error)
}

// Shelf is what staff do with what was published.
type Shelf interface {
	StopEntry(ctx context.Context, a desk.Actor, w desk.Withdrawal) (desk.Recall, error)
	Recalled(ctx context.Context, a desk.Actor, entry string, version int) (desk.Recall, error)
	TellRecalled(ctx context.Context, a desk.Actor, entry string, version int, notice string) (int, error)
	SetDocument(ctx context.Context, a desk.Actor, s desk.DocumentStatus) ([]knowledge.Entry, error)
	ReviseEntry(ctx context.Context, a desk.Actor, id string) (desk.TextView, error)
	Gates(ctx context.Context, a desk.Actor, review string) ([]desk.Gate, error)
}

// Texts are what is read by several people before the public reads it.
type Texts interface {
	PublicNotices
	DraftText(ctx context.Context, a desk.Actor, t desk.TextDraft) (desk.TextView, error)
	MoveText(ctx context.Context, a desk.Actor, id string, c desk.TextCommand) (desk.TextView, error)
	Texts(ctx context.Context, a desk.Actor, f desk.ReviewFilter, mine bool) ([]desk.TextView, error)
	Text(ctx context.Context, a desk.Actor, id string) (desk.TextView, error)
}

// PublicNotices are what the public has to know now.
type PublicNotices interface {
	Notices(ctx context.Context) ([]desk.PublicNotice, error)
	Notice(ctx context.Context, id string) (desk.PublicNotice, error)
	Emergencies(ctx context.Context) []desk.PublicNotice
}

// Proofs are checks of texts before people read them.
type Proofs interface {
	Proof(ctx context.Context, a desk.Actor, r desk.ProofRequest) (desk.Proofread, error)
}

// Casework is everything staff do with tickets.
type Casework interface {
	Desktop
	Archives
	Callbacks
	Appeals
	Signals
	Oversight
	Proofs
	Telephone
}

// Telephone are the calls to the bureau's hotlines.
type Telephone interface {
	RegisterCall(ctx context.Context, a desk.Actor, p desk.PhoneDraft) (desk.PhoneReceipt, error)
	HintCall(ctx context.Context, a desk.Actor, p desk.PhoneDraft) (desk.PhoneHints, error)
	PhoneLog(ctx context.Context, a desk.Actor, day time.Time) (desk.PhoneLog, error)
}

// Signals are what has to be looked at before it grows.
type Signals interface {
	Signals(ctx context.Context, a desk.Actor, finished bool) ([]desk.SignalView, error)
	Signal(ctx context.Context, a desk.Actor, id string) (desk.SignalView, error)
	MoveSignal(ctx context.Context, a desk.Actor, id string, c desk.SignalCommand) (desk.SignalView, error)
}

// Callbacks are the calls to be made to whoever got an answer.
type Callbacks interface {
	Callbacks(ctx context.Context, a desk.Actor) (desk.CallbackList, error)
	RecordCall(ctx context.Context, a desk.Actor, id string, r desk.Called) (desk.Callback, error)
}

// Appeals are what units have against ratings.
type Appeals interface {
	Appeals(ctx context.Context, a desk.Actor, state desk.AppealState) ([]desk.Appeal, error)
	FileAppeal(ctx context.Context, a desk.Actor, number, reason, words string) (desk.Appeal, error)
	DecideAppeal(ctx context.Context, a desk.Actor, id string, version int64, uphold bool, words string) (desk.Appeal, error)
}

// Archives are the files of requests for information that are over.
type Archives interface {
	Archive(ctx context.Context, a desk.Actor, number, reason string) (desk.Archive, error)
	ArchivedFile(ctx context.Context, file *desk.Archive, i int) ([]byte, error)
}

// Consultations ask the public what it thinks of a draft.
type Consultations interface {
	PublicConsultations
	StaffConsultations
}

// PublicConsultations are what everybody may read.
type PublicConsultations interface {
	Consultations(ctx context.Context) ([]desk.ConsultationView, error)
	Consultation(ctx context.Context, id string) (desk.ConsultationView, error)
}

// StaffConsultations are how they come about, and what becomes of opinions.
type StaffConsultations interface {
	StaffConsultations(ctx context.Context, a desk.Actor) ([]desk.ConsultationView, error)
	StaffConsultation(ctx context.Context, a desk.Actor, id string) (desk.ConsultationView, error)
	DraftConsultation(ctx context.Context, a desk.Actor, unit string, c consultation.Content) (desk.ConsultationView, error)
	MoveConsultation(ctx context.Context, a desk.Actor, id string, c desk.ConsultationCommand) (desk.ConsultationView, error)
	Opinions(ctx context.Context, a desk.Actor, id, after string, limit int) ([]desk.OpinionView, string, error)
	EachOpinion(ctx context.Context, a desk.Actor, id string, fn func(desk.OpinionView) error) error
	Dispose(ctx context.Context, a desk.Actor, id string, o desk.Disposal) error
	YearOfConsultations(ctx context.Context, a desk.Actor, year int) (desk.ConsultationFigures, error)
}

// Library answers from the reviewed library.
type Library interface {
	Ask(ctx context.Context, q desk.Question) (knowledge.Decision, error)
	Discuss(ctx context.Context, q desk.Question) (knowledge.Decision, conversation.Thread, error)
	HotlinesOn(at time.Time) []channel.Listing
	Entries(category string) []knowledge.Entry
	SearchEntries(ctx context.Context, text string, limit int) ([]knowledge.Entry, error)
	Entry(id string) (desk.LibraryEntry, error)
	Catalogue() desk.Catalogue
	Heed(ctx context.Context, p desk.PageFeedback) error
}

// Intake takes in what people write, and apps of others for them.
type Intake interface {
	Writing
	Apps
}

// Writing is what people write, and what may answer it before they send it.
type Writing interface {
	Letters
	Beforehand
}

// Beforehand looks for what may answer a letter before it is sent.
type Beforehand interface {
	Beforehand(ctx context.Context, title, text string) ([]knowledge.Entry, error)
}

// Apps are what apps of others send in.
type Apps interface {
	ReceiveFromApp(ctx context.Context, l desk.AppLetter) (desk.AppReceipt, error)
	AppRequestID(ctx context.Context, token string) (string, error)
	AppProgress(ctx context.Context, id string) (desk.AppProgress, error)
}

// Letters takes letters in and shows citizens their own.
type Letters interface {
	Open(ctx context.Context, o desk.Opening) (desk.Receipt, error)
	Lookup(ctx context.Context, number, code string) (desk.Timeline, error)
	Supply(ctx context.Context, number, code string, s desk.Supplied) (desk.Timeline, error)
	RateLetter(ctx context.Context, number, code string, r desk.LetterRating) (desk.Timeline, error)
	Withdraw(ctx context.Context, number, code, reason string) (desk.Timeline, error)
	Preview(ctx context.Context, p desk.DeadlinePreview) (desk.Dated, error)
	YearsKnown() (first, last int)
	Upload(ctx context.Context, name string, content []byte) (channel.Attachment, error)
}

// Chats lets citizens into conversations.
type Chats interface {
	live.Desk
	Admit(ctx context.Context, conversationID, token string) (desk.Admission, error)
	Owned(ctx context.Context, conversationID, token string) (conversation.Conversation, error)
}

// Desktop is what staff have before them.
type Desktop interface {
	Tickets
	Overview
	ReplyHelp
}

// Tickets is what staff work on.
type Tickets interface {
	Tickets(ctx context.Context, a desk.Actor, f desk.Filter) (desk.Page, error)
	Ticket(ctx context.Context, a desk.Actor, number string) (desk.TicketView, error)
	Move(ctx context.Context, a desk.Actor, number string, c desk.Command) (desk.TicketView, error)
	RevealContact(ctx context.Context, a desk.Actor, number, reason string) (channel.Contact, error)
	Attachment(ctx context.Context, a desk.Actor, number, id string) (channel.Attachment, []byte, error)
	Notifications(ctx context.Context, a desk.Actor, limit int) ([]desk.Notification, error)
	Units(ctx context.Context) ([]assignment.Unit, error)
	Suggestions(ctx context.Context, a desk.Actor, number string) (desk.Suggestions, error)
}

// ReplyHelp is what whoever writes a reply reads beside it.
type ReplyHelp interface {
	EntriesFor(ctx context.Context, a desk.Actor, number string) ([]desk.EntrySuggestion, error)
	TalkOf(ctx context.Context, a desk.Actor, number string) (desk.TicketTalk, error)
}

// Overview is what waits for staff.
type Overview interface {
	Counts(ctx context.Context, a desk.Actor, tickets []desk.Filter) (desk.Counts, error)
	DispatchAll(ctx context.Context, a desk.Actor, all []desk.Dispatch, c desk.Command, key string) ([]desk.Dispatched, error)
	PreviewMove(ctx context.Context, a desk.Actor, number string, c desk.Command) (desk.MovePreview, error)
}

// House is what the house goes by, and with whom it speaks.
type House interface {
	Calendar
	Organisation
	Hotlines
	Channels
	Trail
	Rules
	// TellOfAccount leaves people a notice about an account.
	TellOfAccount(ctx context.Context, news desk.AccountNews, login string, people []string) error
}

// Hotlines are the bureau's lines, and how their directory changes.
type Hotlines interface {
	HotlineDirectory(ctx context.Context, a desk.Actor, day time.Time) (desk.HotlineDirectory, error)
	HotlineHistory(a desk.Actor, id string) ([]channel.Term, error)
	ProposeHotlines(ctx context.Context, a desk.Actor, p desk.HotlineDraft) (channel.HotlineChange, error)
	DecideHotlines(ctx context.Context, a desk.Actor, id string, version int64, approve bool, words string) (channel.HotlineChange, error)
	ImportHotlines(ctx context.Context, a desk.Actor, file []byte, p desk.HotlineDraft, apply bool) (desk.HotlineImport, error)
}

// Calendar is what dates are counted by.
type Calendar interface {
	CalendarYears(ctx context.Context, a desk.Actor) ([]desk.CalendarYear, error)
	PreviewNotice(ctx context.Context, a desk.Actor, n desk.NoticeDraft) (desk.NoticePreview, error)
	ApplyNotice(ctx context.Context, a desk.Actor, n desk.NoticeDraft, fingerprint string) (deadline.Notice, error)
	TicketClocks(ctx context.Context, a desk.Actor, number string) (ticket.Ticket, []desk.ExplainedClock, error)
}

// Unsealings is how two people decide who sees who wrote a report.
type Unsealings interface {
	RequestUnsealing(ctx context.Context, a desk.Actor, number, reason string) (desk.Unsealing, error)
	DecideUnsealing(ctx context.Context, a desk.Actor, number, id string, approve bool, reason string) (desk.Unsealing, error)
	PendingUnsealings(ctx context.Context, a desk.Actor, state desk.UnsealingState) ([]desk.Unsealing, error)
}

// Oversight is what is watched over.
type Oversight interface {
	Unsealings
	Retentions
	OwnCopies
	Watching
	Reports
}

// Reports are what happened in a month, a quarter or a year.
type Reports interface {
	Report(ctx context.Context, a desk.Actor, period string, by desk.Dimension) (desk.Report, error)
	TakeReport(ctx context.Context, a desk.Actor, period string, by desk.Dimension) (desk.Report, error)
	ReportTickets(ctx context.Context, a desk.Actor, f desk.Figure) (desk.FigureTickets, error)
	RecountReport(ctx context.Context, a desk.Actor, period string) ([]desk.MonthOfReport, error)
	Districts(ctx context.Context, a desk.Actor, period, category string) (desk.DistrictBoard, error)
}

// Watching is how units do.
type Watching interface {
	Supervision(ctx context.Context, a desk.Actor) (desk.Supervision, error)
	Watch(ctx context.Context, a desk.Actor, f desk.Filter) (desk.LedgerPage, error)
	Ledger(ctx context.Context, a desk.Actor, f desk.Filter) (rows []desk.LedgerRow, more bool, err error)
	Circulars(ctx context.Context, a desk.Actor, month string) (desk.MonthOfCirculars, error)
	TakeCirculars(ctx context.Context, a desk.Actor, month string) (desk.MonthOfCirculars, error)
	Scores(ctx context.Context, a desk.Actor, month string) (desk.Scores, error)
}

// Lessons is what editors learn from how questions are answered.
type Lessons interface {
	Gaps
	Explain(ctx context.Context, a desk.Actor, text string) (desk.Explained, error)
	Correct(ctx context.Context, a desk.Actor, o desk.Objection) (desk.Label, error)
	Labels(ctx context.Context, a desk.Actor, f desk.LabelFilter) ([]desk.Label, error)
	LabelCounts(ctx context.Context, a desk.Actor) (map[desk.LabelState]int, error)
	DecideLabel(ctx context.Context, a desk.Actor, id string, c desk.LabelDecision) (desk.Label, error)
	Figures(ctx context.Context, a desk.Actor, weeks int) ([]desk.Week, error)
}

// Gaps are what people ask and the library does not answer well.
type Gaps interface {
	GapList(ctx context.Context, a desk.Actor, f desk.GapFilter) ([]desk.GapView, error)
	Gap(ctx context.Context, a desk.Actor, id string) (desk.GapView, error)
	MoveGap(ctx context.Context, a desk.Actor, id string, c desk.GapCommand) (desk.GapView, error)
	ProposeEntry(ctx context.Context, a desk.Actor, id, number string) (desk.GapProposal, error)
	DraftForGap(ctx context.Context, a desk.Actor, id string, t desk.GapText) (desk.TextView, error)
}

// Access knows the staff; *access.Service fulfils it.
type Access interface {
	Accounts
	Sessions
	Factors
	SignIns
	Authenticate(ctx context.Context, token string) (access.Entered, error)
	Still(ctx context.Context, token string) (access.User, error)
	SignOut(ctx context.Context, token string) error
	ChangePassword(ctx context.Context, u access.User, old, password string) error
}

// SignIns are how sessions begin, and what is noted of that.
type SignIns interface {
	SignIn(ctx context.Context, login, password string, from access.Place) (token string, e access.Entered, err error)
	SignInAs(ctx context.Context, c access.Claim, from access.Place) (token string, e access.Entered, err error)
	Note(ctx context.Context, login string, o access.Outcome, from string) error
	Alarm(ctx context.Context, login string) (u access.User, watching []access.User, err error)
}

// Factors are what a password is not enough without.
type Factors interface {
	OwnFactor(ctx context.Context, u access.User) (access.FactorState, error)
	BeginFactor(ctx context.Context, token, password string) (access.Enrolment, error)
	ConfirmFactor(ctx context.Context, token, code string) (fresh string, recovery []string, err error)
	ProveFactor(ctx context.Context, token, code string) (fresh string, e access.Entered, err error)
	RemoveFactor(ctx context.Context, token, password, code string) error
	ResetFactor(ctx context.Context, by access.User, id string) error
}

// Provider is where staff may sign in instead of with a password (OpenID Connect).
type Provider interface {
	// Begin is where a browser is sent to, with what comes back with it.
	Begin(ctx context.Context, state, nonce, verifier string) (address string, err error)
	// Finish is who came back with a code.
	Finish(ctx context.Context, code, nonce, verifier string) (access.Claim, error)
}

// Accounts are looked after by administrators.
type Accounts interface {
	Users(ctx context.Context) ([]access.User, error)
	Accounts(ctx context.Context, by access.User) ([]access.Listed, error)
	AddAccount(ctx context.Context, by access.User, login string, a access.Account) (u access.User, password string, err error)
	ChangeAccount(ctx context.Context, by access.User, id string, version int64, a access.Account) (access.User, error)
	IssuePassword(ctx context.Context, by access.User, id string, version int64) (password string, err error)
}

// Sessions are ended by whose they are, and by administrators.
type Sessions interface {
	SessionsOf(ctx context.Context, by access.User, id string) ([]access.Session, error)
	EndSessionsOf(ctx context.Context, by access.User, id, session string) error
	OwnSessions(ctx context.Context, u access.User, token string) (open []access.Session, own string, err error)
	EndOwnSessions(ctx context.Context, u access.User, token, session string) error
}
