package checkpoint

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// getEntity shows one e-mail. Clients take what it says of its quarantine for
// the truth about their action.
func getEntity(c *sim.Call) (sim.Reply, error) {
	here, fault := inQueryScope(c)
	if fault != nil {
		return sim.Reply{}, fault
	}
	rows := []entityDocument{}
	if in := openInbox(c); here {
		if m := in.byID()[c.Path["entityId"]]; m != nil {
			d := in.document(m)
			d.Info.Updated = strings.TrimSuffix(d.Info.Updated, "Z") // only here, as recorded
			rows = append(rows, d)
		}
	}
	return sim.JSON(http.StatusOK, reply{success(c, len(rows), ""), rows}), nil
}

// entityDocument is one e-mail as the searches show it, in the order of the
// recorded answers.
type entityDocument struct {
	Info             entityInfo      `json:"entityInfo"`
	Payload          entityPayload   `json:"entityPayload"`
	Security         securityResults `json:"entitySecurityResult"`
	Actions          []struct{}      `json:"entityActions"`
	AvailableActions []struct{}      `json:"entityAvailableActions"`
}

type entityInfo struct {
	EntityID    string  `json:"entityId"`
	CustomerID  string  `json:"customerId"`
	CustomerOEM string  `json:"customerOem,omitempty"` // in a search only
	Saas        string  `json:"saas"`
	EntityType  string  `json:"saasEntityType"`
	Created     string  `json:"entityCreated"`
	Updated     string  `json:"entityUpdated"`
	ActionState *string `json:"entityActionState"`
}

type entityPayload struct {
	MessageID          string       `json:"internetMessageId"`
	Subject            string       `json:"subject"`
	Received           string       `json:"received"`
	Size               *int         `json:"size"`
	EmailLinks         []string     `json:"emailLinks"`
	AttachmentCount    int          `json:"attachmentCount"`
	Attachments        []attachment `json:"attachments"`
	Mode               string       `json:"mode"`
	Recipients         []string     `json:"recipients"`
	FromEmail          string       `json:"fromEmail"`
	FromDomain         string       `json:"fromDomain"`
	FromUser           struct{}     `json:"fromUser"`
	FromName           string       `json:"fromName"`
	To                 []string     `json:"to"`
	ToUser             []mailUser   `json:"toUser"`
	Cc                 []string     `json:"cc"`
	CcUser             []mailUser   `json:"ccUser"`
	Bcc                []string     `json:"bcc"`
	BccUser            []mailUser   `json:"bccUser"`
	ReplyToEmail       *string      `json:"replyToEmail"`
	ReplyToNickname    *string      `json:"replyToNickname"`
	IsRead             *bool        `json:"isRead"`
	IsDeleted          bool         `json:"isDeleted"`
	IsIncoming         bool         `json:"isIncoming"`
	IsInternal         bool         `json:"isInternal"`
	IsOutgoing         bool         `json:"isOutgoing"`
	IsQuarantined      bool         `json:"isQuarantined"`
	IsQuarantineNotice bool         `json:"isQuarantineNotification"`
	IsRestored         bool         `json:"isRestored"`
	IsRestoreRequested bool         `json:"isRestoreRequested"`
	IsRestoreDeclined  bool         `json:"isRestoreDeclined"`
	SpamVerdict        string       `json:"saasSpamVerdict"`
	SpfResult          string       `json:"SpfResult"`
	RestoreRequestTime *string      `json:"restoreRequestTime"`
}

type attachment struct {
	Name     string `json:"name"`
	MimeType string `json:"mimetype"`
	Size     int    `json:"size"`
	MD5      string `json:"MD5"`
}

type mailUser struct {
	EntityID   string  `json:"entity_id"`
	EntityType string  `json:"entity_type"`
	Mail       *string `json:"mail"`
}

// What e-mails say. Senders are at names that nobody can own.
var (
	subjects = []string{
		"Invoice %d is overdue", "Your parcel %d", "Minutes of meeting %d", "Order %d confirmed", "Offer no. %d",
		"Re: contract %d", "Statement of account %d", "Ticket %d was answered", "Change of bank details, ref. %d", "Survey %d",
	}
	senders = []string{
		"billing@acme-supplies.example.net", "parcels@swift-post.example.org", "office@northwind-law.example.com",
		"sales@bright-paper.example.net", "news@trade-weekly.example.org", "support@cloud-desk.example.com",
		"accounts@old-harbour-bank.example.net", "events@expo-centre.example.org",
	}
)

// mailboxes is how many mailboxes the e-mails went to.
const mailboxes = 60

// How long before it came in an e-mail was received by the mail service, and
// how long after it the vendor had scanned it.
const (
	receivedBefore = 7 * time.Second
	scanned        = 8 * time.Second
)

// mailbox is where an e-mail went: its address, and the id of its user, which is
// the same for all e-mails of the mailbox.
func (in *inbox) mailbox(m *email) (address, user string) {
	i := int(task.Draw(m.luck, "mailbox") % mailboxes)
	box := in.c.Fixtures().Mailbox(i)
	if box.ID != "" {
		return box.Address, box.ID
	}
	return box.Address, sim.UUID(in.c.SeedLuck(fmt.Sprintf("checkpoint/mailbox/%d", i)))
}

func (m *email) subject() string {
	return fmt.Sprintf(pick(m, "subject", subjects), 1000+m.place)
}

// document shows an e-mail as it stands now.
func (in *inbox) document(m *email) entityDocument {
	s := in.standing(m, nil)
	address, user := in.mailbox(m)
	sender := pick(m, "sender", senders)
	_, domain, _ := strings.Cut(sender, "@")
	files := m.attachments()
	p := entityPayload{
		MessageID: "<" + sim.Hex(m.luck, 24, "message") + "@mail." + domain + ">",
		Subject:   m.subject(), Received: m.created.Add(-receivedBefore).Format("2006-01-02T15:04:05Z"),
		EmailLinks: m.links(), AttachmentCount: len(files), Attachments: files, Mode: "monitor",
		Recipients: []string{address}, FromEmail: sender, FromDomain: domain, To: []string{address},
		ToUser: []mailUser{{EntityID: user, EntityType: m.user}},
		Cc:     []string{}, CcUser: []mailUser{}, Bcc: []string{}, BccUser: []mailUser{},
		IsIncoming: true, IsQuarantined: s.quarantined, IsRestored: s.restored,
		IsRestoreRequested: s.requested, IsRestoreDeclined: s.declined, SpamVerdict: "-1", SpfResult: "pass",
	}
	if s.requested {
		at := m.created.Add(askedAfter).Format(entityDate)
		p.RestoreRequestTime = &at
	}
	return entityDocument{
		Info: entityInfo{
			EntityID: m.id, CustomerID: customer(in.c), Saas: m.saas, EntityType: m.entity,
			Created: m.created.Format(entityDate), Updated: s.updated.Format(entityDate),
		},
		Payload: p, Security: m.security(), Actions: []struct{}{}, AvailableActions: []struct{}{},
	}
}

// entityDate is how an entity's dates are written: UTC with microseconds.
const entityDate = "2006-01-02T15:04:05.000000Z"

// threatIs tells whether the vendor found this in the e-mail.
func (m *email) threatIs(threat string) bool {
	k, found := m.threat()
	return found && threats[k%len(threats)] == threat
}

// attachments are two where there is malware, as in the recorded e-mail; none
// else.
func (m *email) attachments() []attachment {
	if !m.threatIs("malware") {
		return []attachment{}
	}
	files := make([]attachment, 2)
	for i := range files {
		name := fmt.Sprintf("document-%d-%d.pdf", 1000+m.place, i+1)
		files[i] = attachment{name, "application/pdf", 2000 + 500*i + m.place, sim.Hex(m.luck, 32, "md5", name)}
	}
	return files
}

func (m *email) links() []string {
	if !m.threatIs("malicious_url") {
		return []string{}
	}
	return []string{fmt.Sprintf("https://login-%d.example.org/account", m.place)}
}
