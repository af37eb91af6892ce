package checkpoint

import (
	"fmt"

	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// securityResults is what the vendor's tools found in an e-mail. A tool that
// has nothing to say is null, in both places.
type securityResults struct {
	Verdict   verdicts `json:"combinedVerdict"`
	AP        []scan   `json:"ap"`
	DLP       []scan   `json:"dlp"`
	ClickTime []scan   `json:"clicktimeProtection"`
	ShadowIT  []scan   `json:"shadowIt"`
	AV        []scan   `json:"av"`
}

type verdicts struct {
	AP        string  `json:"ap"`
	DLP       *string `json:"dlp"`
	ClickTime *string `json:"clicktimeProtection"`
	ShadowIT  string  `json:"shadowIt"`
	AV        *string `json:"av"`
}

// scan is what one tool says of one thing. Its payload has the tool's own form.
type scan struct {
	EntityID          string  `json:"entityId"`
	EntityType        string  `json:"entityType"`
	Payload           any     `json:"payload"`
	Score             string  `json:"score"`
	ResultID          string  `json:"securityResultEntityId"`
	ResultType        string  `json:"securityResultEntityType"`
	StatusCode        string  `json:"statusCode"`
	StatusDescription *string `json:"statusDescription"`
	Verdict           string  `json:"verdict"`
}

type apPayload struct {
	ByCategory apCategories `json:"reasons_by_category"`
	Reasons    []string     `json:"reasons"`
}

type apCategories struct {
	Headers       []apReason `json:"Email Headers"`
	Impersonation []apReason `json:"Domain Impersonation"`
	Reputation    []apReason `json:"Sender Reputation"`
}

type apReason struct {
	Short string `json:"short_text"`
	Full  string `json:"full_text"`
}

// apReasons are the same for every e-mail: no client goes by them.
var apReasons = apPayload{
	ByCategory: apCategories{
		Headers:       []apReason{{"No DMARC", "The headers hold no valid DMARC signature"}},
		Impersonation: []apReason{{"SPF check failed", "The sender's address does not pass the SPF check"}},
		Reputation: []apReason{
			{"Little known sender", "Your domain has had little mail from this address"},
			{"Little known domain", "The sender's domain has little traffic"},
		},
	},
	Reasons: []string{"First mail of this sender"},
}

type dlpPayload struct {
	Rules   []string `json:"matches_dlp_rules"`
	Found   []string `json:"found_text"`
	Details []string `json:"scan_details"`
	Hits    int      `json:"hit_count"`
}

type shadowPayload struct {
	From    string `json:"from"`
	Subject string `json:"subject"`
	Domain  string `json:"domain"`
}

type avPayload struct {
	Details []string `json:"scan_details"`
}

// security is what the tools found: what the e-mail's threat says, else nothing.
func (m *email) security() securityResults {
	r := securityResults{Verdict: verdicts{AP: "clean", ShadowIT: "clean"}}
	phishing := m.scan("avanan_ap_scan", apReasons, "22.119542", "0", nil, "clean")
	if m.threatIs("phishing") {
		phishing.Score, phishing.Verdict, r.Verdict.AP = "812.500000", "phishing", "phishing"
	}
	r.AP = []scan{phishing}
	clean := "Clean"
	payload := shadowPayload{From: pick(m, "sender", senders), Subject: m.subject()}
	r.ShadowIT = []scan{m.scan("shadow_it_emails_scan", payload, "0", "clean", &clean, "clean")}
	switch {
	case m.threatIs("malware"):
		r.AV, r.Verdict.AV = m.virusScans()
	case m.threatIs("dlp"):
		found := dlpPayload{Rules: []string{"Bank account"}, Found: []string{}, Details: []string{}, Hits: 1}
		leak := m.scan("avanan_dlp", found, "100", "0", nil, "leak")
		r.DLP, r.Verdict.DLP = []scan{leak}, &leak.Verdict
	case m.threatIs("malicious_url"):
		click := m.scan("clicktime_protection_scan", nil, "0", "0", nil, "malicious_url")
		r.ClickTime, r.Verdict.ClickTime = []scan{click}, &click.Verdict
	}
	return r
}

// scan is what a tool says of the e-mail itself.
func (m *email) scan(tool string, payload any, score, code string, description *string, verdict string) scan {
	return scan{m.id, m.entity, payload, score, m.id, tool, code, description, verdict}
}

// virusScans are one an attachment.
func (m *email) virusScans() ([]scan, *string) {
	found, verdict := "Virus signature", "malicious"
	var all []scan
	for i := range m.attachments() {
		id := sim.Hex(m.luck, 40, "file", fmt.Sprint(i))
		all = append(all, scan{
			id, m.saas + "_attachment", avPayload{[]string{found}}, "100", id, "checkpoint2", "0", &found, verdict,
		})
	}
	return all, &verdict
}
