package openapi

import "fmt"

// The levels of evidence, strongest first.
const (
	Recorded   = "recorded"   // a real exchange, shipped by somebody with a tenant
	Documented = "documented" // the vendor's page or specification
	Client     = "client"     // what a shipping client sends or needs
	Assumed    = "assumed"    // no source: a sensible choice, visible as such
)

// Levels are the levels of evidence, strongest first.
var Levels = []string{Recorded, Documented, Client, Assumed}

// Evidence is why we believe a behaviour.
type Evidence struct {
	Level      string `json:"level"`
	Source     string `json:"source,omitempty"`
	Note       string `json:"note,omitempty"`
	Transcript string `json:"transcript,omitempty"` // recorded: the file below testdata/<vendor>/recorded
}

func (e Evidence) check() error {
	switch e.Level {
	case Recorded:
		if e.Transcript == "" {
			return fmt.Errorf("recorded evidence needs a transcript")
		}
	case Documented, Client:
	case Assumed:
		if e.Note == "" {
			return fmt.Errorf("an assumption needs a note that says why")
		}
		return nil
	case "":
		return fmt.Errorf("no evidence (x-evidence)")
	default:
		return fmt.Errorf("unknown level of evidence %q", e.Level)
	}
	if e.Source == "" {
		return fmt.Errorf("%s evidence needs a source", e.Level)
	}
	return nil
}

// Behaviour is something that a schema cannot say and a test shows. With
// Documented and Observed it is a difference between the two profiles.
type Behaviour struct {
	Name       string   `json:"name"`
	Text       string   `json:"text,omitempty"`
	Documented string   `json:"documented,omitempty"`
	Observed   string   `json:"observed,omitempty"`
	Departs    bool     `json:"departs,omitempty"` // leaves the vendor's page in both profiles
	Evidence   Evidence `json:"x-evidence"`
}

// Differs tells whether the profiles differ in this behaviour.
func (b Behaviour) Differs() bool { return b.Observed != "" }

func (b Behaviour) check() error {
	switch {
	case b.Name == "":
		return fmt.Errorf("a behaviour without a name")
	case (b.Documented == "") != (b.Observed == ""):
		return fmt.Errorf("behaviour %s: documented and observed go together", b.Name)
	case b.Text == "" && b.Documented == "":
		return fmt.Errorf("behaviour %s: no text", b.Name)
	}
	if err := b.Evidence.check(); err != nil {
		return fmt.Errorf("behaviour %s: %w", b.Name, err)
	}
	return nil
}

// Fact is one row of the table of evidence.
type Fact struct {
	Kind string `json:"kind"` // operation, response, option, behaviour, surprise
	Name string `json:"name"` // the method and path, the same with a status, or the option's, behaviour's or surprise's name
	Text string `json:"text"`
	Evidence
}
