package simulators

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// drift is real time that goes on by a step whenever somebody looks: what asks
// the clock twice finds two instants, every time.
type drift struct {
	now  atomic.Int64 // Unix nanoseconds
	step time.Duration
}

func newDrift(step time.Duration) *drift {
	d := &drift{step: step}
	d.now.Store(start.UnixNano())
	return d
}

func (d *drift) Now() time.Time        { return time.Unix(0, d.now.Add(int64(d.step))).UTC() }
func (d *drift) pass(by time.Duration) { d.now.Add(int64(by)) }

// recordee is a client of one tenant that does all that clients of the five
// vendors do, good and bad. pick chooses among so many.
type recordee struct {
	testing.TB
	*Server
	pick    func(what string, n int) int
	control *api.Client
	name    string
	secret  string            // of the tenant's signatures
	tokens  map[string]string // what answers told, by what they called it
	got     []string          // the same, in order
	cookie  string
	url     string // of a server on the network; "": none
	still   bool   // real time stands while a request is answered
}

func newRecordee(t testing.TB, s *Server, pick func(string, int) int) *recordee {
	control, err := api.NewClient("http://localhost", "", api.InProcess(s.Control()))
	if err != nil {
		t.Fatal(err)
	}
	return &recordee{TB: t, Server: s, pick: pick, control: control, secret: tenant.DefaultSecret, tokens: map[string]string{}}
}

// be makes the client one of a tenant: demo, one that its credential makes, or
// one that the control API does.
func (c *recordee) be() {
	c.Helper()
	switch c.pick("tenant", 3) {
	case 0:
		c.name = tenant.Demo
	case 1:
		c.name = c.Scenario() + "~x"
	default:
		seed := int64(c.pick("seed", 1000))
		want := api.NewTenant{Label: "made", Seed: &seed, Clock: []string{"real", "x60", "skip", "frozen"}[c.pick("clock", 4)]}
		if c.pick("profiles", 2) == 0 {
			want.Profiles = map[string]string{"sailpoint": sim.Observed, "cisco": sim.Observed, "checkpoint": sim.Observed}
		}
		if c.pick("start", 2) == 0 {
			at := time.Date(2024, 3, 15, 15, 45, 13, 4711, time.UTC)
			want.Start = &at
		}
		if c.pick("own secret", 2) == 0 {
			c.secret, want.Secret = "own-secret-of-the-tenant", "own-secret-of-the-tenant"
		}
		made, err := c.control.NewTenant(context.Background(), want)
		if err != nil {
			c.Fatal(err)
		}
		c.name = made.Name
	}
}

// ask sends a request and keeps the tokens that its answer tells.
func (c *recordee) ask(method, target string, header http.Header, body string) *httptest.ResponseRecorder {
	c.Helper()
	w := c.send(method, target, header, body)
	keep := func(name, token string) {
		if token != "" {
			c.tokens[name], c.got = token, append(c.got, token)
		}
	}
	var told struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
		Data    struct{ Token string }
	}
	if json.Unmarshal(w.Body.Bytes(), &told) == nil {
		keep("sailpoint", told.Access)
		keep("sailpoint refresh", told.Refresh)
		keep("checkpoint", told.Data.Token)
	}
	for name, values := range w.Header() {
		switch http.CanonicalHeaderKey(name) { // the FMC writes them in another way
		case "X-Auth-Access-Token":
			keep("cisco", values[0])
		case "X-Auth-Refresh-Token":
			keep("cisco refresh", values[0])
		case "Set-Cookie":
			value, _, _ := strings.Cut(values[0], ";")
			c.cookie = value
			_, value, _ = strings.Cut(value, "=")
			keep("dbvisit", value)
		}
	}
	if strings.HasSuffix(target, "/v1.0/auth") && w.Code == http.StatusOK {
		keep("legacy", w.Body.String())
	}
	return w
}

// send sends a request over the network, where there is one.
func (c *recordee) send(method, target string, header http.Header, body string) *httptest.ResponseRecorder {
	c.Helper()
	r := httptest.NewRequest(method, c.url+target, strings.NewReader(body))
	for name, values := range header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	w := httptest.NewRecorder()
	if c.url == "" {
		c.ServeHTTP(w, r)
		return w
	}
	r.RequestURI = ""
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		c.Fatal(err)
	}
	defer answer.Body.Close()
	w.Code = answer.StatusCode
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	if _, err := w.Body.ReadFrom(answer.Body); err != nil {
		c.Fatal(err)
	}
	return w
}

// password is one of the client's own, or one that is refused.
func (c *recordee) password() string {
	return []string{"secret", "hunter2-" + c.name, `p"}}{{secret-1}}&=%`, "wrong", ""}[c.pick("password", 5)]
}

// logIn does one of the vendors' log-ins.
func (c *recordee) logIn() {
	password := c.password()
	header := http.Header{}
	switch c.pick("log-in", 9) {
	case 0:
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.name}, "client_secret": {password}}
		header.Set("Content-Type", []string{"application/x-www-form-urlencoded", "application/json"}[c.pick("type", 2)])
		c.ask("POST", "/sailpoint/oauth/token", header, form.Encode())
	case 1:
		form := url.Values{"grant_type": {"refresh_token"}, "client_id": {c.name}, "client_secret": {password}, "refresh_token": {c.tokens["sailpoint refresh"]}}
		c.ask("POST", "/sailpoint/oauth/token?"+form.Encode(), header, "")
	case 2:
		body := fmt.Sprintf("--x7\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--x7\r\nContent-Disposition: form-data; name=\"client_id\"\r\n\r\n%s\r\n--x7\r\nContent-Disposition: form-data; name=\"client_secret\"\r\n\r\n%s\r\n--x7--\r\n", c.name, password)
		header.Set("Content-Type", "multipart/form-data; boundary=x7")
		c.ask("POST", "/sailpoint/oauth/token", header, body)
	case 3:
		c.ask("POST", "/checkpoint/auth/external", header, jsonOf(map[string]any{"clientId": c.name, "accessKey": password}))
	case 4:
		c.signed("GET", "/checkpoint/v1.0/auth", "", "")
	case 5:
		sim.SetBasic(header, c.name, password)
		c.ask("POST", "/cisco/api/fmc_platform/v1/auth/generatetoken", header, "")
	case 6:
		header.Set("X-auth-access-token", c.tokens["cisco"])
		header.Set("X-auth-refresh-token", c.tokens["cisco refresh"])
		c.ask("POST", "/cisco/api/fmc_platform/v1/auth/refreshtoken", header, "")
	case 7:
		c.ask("POST", "/dbvisit/api/login", header, jsonOf(map[string]any{"UserName": c.name, "Password": password}))
	default: // secrets that are no text
		c.ask("POST", "/dbvisit/api/login", header, jsonOf(map[string]any{"UserName": c.name, "Password": map[string]any{"a": 12345678901234}}))
		c.ask("POST", "/checkpoint/auth/external", header, jsonOf(map[string]any{"clientId": c.name, "accessKey": 12345678901234}))
	}
}

func jsonOf(v any) string {
	data, _ := json.Marshal(v) // maps of texts and numbers
	return string(data)
}

// signed sends a request to Check Point's legacy door.
func (c *recordee) signed(method, target, token, body string) {
	path := strings.TrimPrefix(target, "/checkpoint")
	if token == "" {
		path = "" // the log-in signs none
	}
	id, app, date := "d290f1ee", "US:"+c.name, "2026-01-15T09:00:00.000000"
	sum := sha256.Sum256([]byte(base64.StdEncoding.EncodeToString([]byte(id + app + date + path + c.secret))))
	header := http.Header{"X-Av-Req-Id": {id}, "X-Av-App-Id": {app}, "X-Av-Date": {date}, "X-Av-Sig": {hex.EncodeToString(sum[:])}}
	if token != "" {
		header.Set("X-Av-Token", token)
	}
	c.ask(method, target, header, body)
}
