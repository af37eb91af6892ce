package simulators

import (
	"encoding/json"
	"net"
	"net/http"
	"strconv"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/traffic"
)

// index answers / and every unknown prefix with the list of base URLs. What met
// no vendor is remembered among the refused requests: somebody forgot a prefix.
func (s *Server) index(w http.ResponseWriter, r *http.Request) {
	status := http.StatusNotFound
	if r.URL.Path == "/" {
		status = http.StatusOK
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	body := struct {
		Vendorsim string            `json:"vendorsim"`
		Try       string            `json:"try"`
		Vendors   map[string]string `json:"vendors"`
	}{Version(), "Send the tenant's name (demo, or scenario~label) as the credential of a vendor below.", s.BaseURLs(scheme + "://" + r.Host)}
	text, _ := json.MarshalIndent(body, "", "  ") // texts can always be written
	text = append(text, '\n')
	w.Header().Set("Content-Type", "application/json")
	if status == http.StatusNotFound {
		s.turnAway(w.Header(), r, text)
	}
	w.WriteHeader(status)
	_, _ = w.Write(text) // a client that has gone is no error of ours
}

// turnAway remembers a request that met no vendor, and gives its answer an id.
func (s *Server) turnAway(answer http.Header, r *http.Request, body []byte) {
	began := s.options.source.Now()
	id := "@" + strconv.FormatInt(s.refusedCount.Add(1), 10)
	answer[sim.RequestHeader] = []string{id}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	source, _, _ := net.SplitHostPort(r.RemoteAddr)
	const note = "the path begins with no vendor's name, and the host is no vendor's"
	s.refused.Add(&journal.Entry{
		ID: id, Real: began, Operation: "none", Note: note,
		Request: journal.Request{
			Method: r.Method, Scheme: scheme, Host: r.Host, Target: r.URL.RequestURI(), Proto: r.Proto, Header: r.Header, Source: source,
		},
		Reply:   journal.Reply{Status: http.StatusNotFound, Header: answer, Body: string(body)},
		Refusal: &journal.Refusal{Kind: string(sim.NotFound), Text: note},
	})
	s.logged(traffic.Entry{Real: began, Vendor: "none", Operation: "none", Status: http.StatusNotFound, Note: note})
}

// logged writes a line of the request log, if anybody reads it.
func (s *Server) logged(e traffic.Entry) {
	if s.log != nil {
		s.log.Add(e)
	}
}
