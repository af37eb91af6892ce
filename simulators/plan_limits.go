package simulators

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/plan"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// planLimit is a limit that holds.
type planLimit struct {
	Vendor    string      `json:"vendor,omitempty"`
	On        string      `json:"on,omitempty"`
	Per       string      `json:"per"`
	Requests  int         `json:"requests"`
	Window    plan.Length `json:"window_ms"`
	Algorithm string      `json:"algorithm,omitempty"`
	Burst     int         `json:"burst,omitempty"`

	Concurrent     int    `json:"concurrent,omitempty"` // instead of requests and window
	EarlyRetry     string `json:"early_retry,omitempty"`
	RetryAfterForm string `json:"retry_after_form,omitempty"`
}

func planLimitOf(l scenarios.Limit) planLimit {
	return planLimit{
		l.Vendor, l.On, l.Per, l.Requests, plan.Length(l.Window), l.Algorithm, l.Burst, l.Concurrent, l.EarlyRetry, l.RetryAfterForm,
	}
}

func (d *planDoc) limitLines() []string {
	switch {
	case d.LimitsFrom == "frozen":
		return []string{"none (no window passes on a frozen clock, so the vendors' own do not hold)"}
	case len(d.Limits) == 0:
		return []string{"none"}
	}
	// Limits that differ only in the operation stand in one line.
	var alike []planLimit
	for _, l := range d.Limits {
		same := slices.IndexFunc(alike, func(other planLimit) bool {
			other.On = l.On
			return l.On != "" && other == l
		})
		if same < 0 || alike[same].On == "" {
			alike = append(alike, l)
			continue
		}
		alike[same].On += ", " + l.On
	}
	var lines []string
	for _, l := range alike {
		lines = append(lines, l.who(d.LimitsFrom)+": "+l.String())
	}
	return lines
}

func (l planLimit) who(from string) string {
	switch {
	case l.Vendor == "":
		return "each vendor"
	case from == "vendors":
		return l.Vendor + "'s own"
	}
	return l.Vendor
}

func (l planLimit) String() string {
	noun := "requests"
	if max(l.Requests, l.Concurrent) == 1 {
		noun = "request"
	}
	words := fmt.Sprintf("%s %s in %s per %s", plan.Number(l.Requests), noun, l.Window, l.Per)
	if l.Concurrent > 0 {
		words = fmt.Sprintf("%s %s at once per %s", plan.Number(l.Concurrent), noun, l.Per)
	}
	if l.On != "" {
		of := ", of "
		if strings.Contains(l.On, ", ") {
			of = ", of each of "
		}
		words += of + l.On
	}
	switch l.Algorithm {
	case "sliding":
		words += ", in any such window"
	case "bucket":
		words += fmt.Sprintf(", refilled evenly, at most %s at once", plan.Number(l.Burst))
	}
	switch l.EarlyRetry {
	case traffic.Count:
		words += "; a refused request counts too"
	case traffic.Extend:
		words += "; one that comes too early begins the wait anew"
	}
	if l.RetryAfterForm == "date" {
		words += "; the wait is told as a date"
	}
	return words
}
