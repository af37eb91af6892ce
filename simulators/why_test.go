package simulators

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// whyOf asks the control API of a server why it answered as it did.
func whyOf(t *testing.T, s *Server, id string) api.Why {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/requests/"+url.PathEscape(id), nil)
	r.Host = "localhost"
	w := httptest.NewRecorder()
	s.Control().ServeHTTP(w, r)
	var why api.Why
	if err := json.Unmarshal(w.Body.Bytes(), &why); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", id, w.Code, w.Body)
	}
	return why
}

// Each refusal of each vendor says what was expected beside what came.
func TestEveryRefusalHasAMiss(t *testing.T) {
	files, err := filepath.Glob("../testdata/*/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	refusals := 0
	for _, file := range files {
		if strings.Contains(file, "/admin/") || strings.Contains(file, "/clients/") || strings.Contains(file, "/simtest/") {
			continue
		}
		t.Run(strings.TrimPrefix(file, "../testdata/"), func(t *testing.T) {
			type answer struct {
				heading, id string
			}
			var all []answer
			s := readTranscript(t, file).play(t, func(b *block, w *httptest.ResponseRecorder) {
				if ids := w.Header()[sim.RequestHeader]; len(ids) == 1 { // what was not remembered cannot be asked about
					all = append(all, answer{b.heading, ids[0]})
				}
			})
			for _, a := range all {
				w := whyOf(t, s, a.id)
				if !refusedOf(s, a.id) {
					continue
				}
				refusals++
				if len(w.Misses) == 0 {
					t.Errorf("### %s: no miss: %s", a.heading, w.Because)
				}
				for _, m := range w.Misses {
					if m.Expected == "" || m.Got == "" || strings.HasSuffix(m.Expected, ": ") {
						t.Errorf("### %s: %+v", a.heading, m)
					}
				}
			}
		})
	}
	if refusals < 50 {
		t.Errorf("only %d refusals in all transcripts", refusals)
	}
}

// refusedOf tells whether a request was refused, but by a fault of the scenario.
func refusedOf(s *Server, id string) bool {
	j := s.refused
	if !strings.HasPrefix(id, "@") {
		t, there := s.tenants.Find(id[:strings.LastIndexByte(id, '.')])
		if !there {
			return false
		}
		j = t.Journal
	}
	e, held := j.Get(id)
	return held && e.Refusal != nil && len(e.Faults) == 0
}
