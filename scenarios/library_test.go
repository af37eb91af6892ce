package scenarios

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestShippedLoadCleanly(t *testing.T) {
	library := Shipped()
	want := []string{
		"bench", "big", "brownout", "fails", "flapping", "happy",
		"incident/checkpoint-401-at-30m", "incident/fmc-500-though-done", "incident/fmc-aged-session", "incident/fmc-second-login",
		"incident/fmc-token-in-429", "incident/gravityzone-429-html", "incident/gravityzone-parent-3-child-2",
		"incident/hec-date-with-zone", "incident/sailpoint-401-body", "incident/sailpoint-every-second-429",
		"incident/sailpoint-reload-404", "incident/sailpoint-token-429",
		"lost-reply", "partial", "polls", "rate-limited", "slow", "stuck", "token-expiry",
	}
	if got := library.Names(); !slices.Equal(got, want) {
		t.Errorf("shipped scenarios are %v, want %v", got, want)
	}
	for _, name := range library.Names() {
		s, problems := library.Load(name, Known{}, nil)
		if len(problems) > 0 {
			t.Errorf("%v", problems)
			continue
		}
		if s.Name != name || s.Description == "" || s.Clock.Mode.Kind != Real {
			t.Errorf("%s: name %q, description %q, clock %v", name, s.Name, s.Description, s.Clock.Mode)
		}
	}
}

// An incident names its report, one vendor, and what decides over a client.
func TestShippedIncidents(t *testing.T) {
	library := Shipped()
	for _, name := range library.Names() {
		reports := library.Reports(name)
		s, problems := library.Load(name, Known{}, nil)
		switch incident := strings.HasPrefix(name, "incident/"); {
		case problems.Err() != nil:
			t.Errorf("%v", problems)
		case !incident && len(reports) > 0:
			t.Errorf("%s names reports, but is no incident: %v", name, reports)
		case incident && (len(reports) == 0 || len(s.Vendors) != 1 || len(s.Expect) == 0):
			t.Errorf("%s: reports %v, vendors %v, %d expectations", name, reports, s.Vendors, len(s.Expect))
		}
	}
	if got := library.Reports("incident/fmc-aged-session"); !slices.Equal(got, []string{
		"https://github.com/CiscoDevNet/FMCAnsible/issues/99", "https://github.com/CiscoDevNet/FMCAnsible/pull/67",
	}) {
		t.Errorf("%v", got)
	}
	if got := library.Reports("nosuch"); got != nil {
		t.Errorf("%v", got)
	}
}

func TestEmbeddedNames(t *testing.T) {
	err := fs.WalkDir(shipped, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		for part := range strings.SplitSeq(path, "/") {
			if strings.HasPrefix(part, "_") || strings.HasPrefix(part, ".") {
				t.Errorf("%s is embedded, but looks like a draft", path)
			}
		}
		data, err := shipped.ReadFile(path)
		if !strings.HasPrefix(string(data), "# yaml-language-server: $schema=") {
			t.Errorf("%s does not begin with the line that names its schema to editors", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Many servers of one process load at once; -race watches.
func TestLoadingAtOnce(t *testing.T) {
	library := Shipped()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for _, name := range library.Names() {
				s, problems := library.Load(name, Known{}, []string{fmt.Sprintf("seed=%d", i), "lifecycles.extra={failed: {}}"})
				if s == nil || s.Seed != int64(i) || s.Lifecycles["extra"] == nil {
					t.Errorf("%s: %v", name, problems)
				}
			}
		})
	}
	all.Wait()
}
