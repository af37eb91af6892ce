package journal

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

// acme is a vendor's secrets.
var acme = Secrets{
	Headers: []string{"X-Acme-Signature", "X-Acme-Token"},
	Fields:  []string{"password", "client_secret", "access_token"},
	Names:   []string{"client_id", "X-Acme-Client"},
}

var real0 = time.Date(2026, 5, 4, 10, 0, 0, 250_000_000, time.UTC)

// written is a View as the control API answers it.
func written(t *testing.T, v View) string {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// accepted is a log-in.
func accepted() *Entry {
	return &Entry{
		ID: "demo.7", Seq: 7, Real: real0, At: real0.Add(time.Hour),
		Tenant: "demo", Vendor: "acme", Operation: "getToken", Kind: "login", Profile: "documented",
		Request: Request{
			Method: "POST", Scheme: "http", Host: "127.0.0.1:7800", Target: "/acme/oauth/token?client_id=demo&verbose=1", Proto: "HTTP/1.1",
			Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"*/*"}, "Cookie": {"session=abc; theme=dark"}},
			Body:   []byte("grant_type=client_credentials&client_id=demo&client_secret=hunter2"),
		},
		Reply: Reply{
			Status: 200,
			Header: http.Header{"Content-Type": {"application/json"}, "Set-Cookie": {"session=def; Path=/; HttpOnly"}},
			Body:   `{"access_token": "eyJhbGciOi", "expires_in": 749}`,
		},
		Latency: 1_234_567 * time.Nanosecond,
		Tasks:   []Shown{{ID: "t1", State: "running", Phase: "running"}},
		Created: "t1",
		Limits:  []Judged{{Rule: 0, Used: 3, Of: 10}, {Rule: 2, Used: 5, Of: 5, Wait: 90 * time.Second}},
		Refusal: &Refusal{Kind: "rate_limited", Text: "too many", RetryAfter: 90},
		Unread:  []string{"query verbose"},
		Note:    "a note",
	}
}

const acceptedView = `{
  "id": "demo.7",
  "seq": 7,
  "real": "2026-05-04T10:00:00.25Z",
  "at": "2026-05-04T11:00:00.25Z",
  "tenant": "demo",
  "vendor": "acme",
  "operation": "getToken",
  "kind": "login",
  "profile": "documented",
  "latency": "1.235ms",
  "note": "a note",
  "request": {
    "method": "POST",
    "url": "http://127.0.0.1:7800/acme/oauth/token?client_id=demo&verbose=1",
    "header": [
      {
        "name": "Accept",
        "value": "*/*"
      },
      {
        "name": "Content-Type",
        "value": "application/x-www-form-urlencoded"
      },
      {
        "name": "Cookie",
        "value": "session=(3 bytes, hash e90b); theme=(4 bytes, hash 6945)"
      }
    ],
    "body": {
      "text": "grant_type=client_credentials&client_id=demo&client_secret=(7+bytes,+hash+ec53)",
      "bytes": 66
    }
  },
  "reply": {
    "status": 200,
    "header": [
      {
        "name": "Content-Type",
        "value": "application/json"
      },
      {
        "name": "Set-Cookie",
        "value": "session=(3 bytes, hash 7e8c); Path=/; HttpOnly"
      }
    ],
    "body": {
      "text": "{\"access_token\": \"(10 bytes, hash 8906)\", \"expires_in\": 749}",
      "bytes": 49
    }
  },
  "tasks": [
    {
      "id": "t1",
      "state": "running",
      "phase": "running",
      "ended": false
    }
  ],
  "created": "t1",
  "limits_refused": [
    {
      "rule": 2,
      "used": 5,
      "of": 5,
      "wait": "1m30s"
    }
  ],
  "refusal": {
    "kind": "rate_limited",
    "text": "too many",
    "retry_after": 90
  },
  "unread": [
    "query verbose"
  ]
}
`

func TestViewOfARequest(t *testing.T) {
	if got := written(t, accepted().View(acme)); got != acceptedView {
		t.Errorf("got %s", got)
	}
}

// A client of the control API reads back what was written.
func TestAViewCanBeReadBack(t *testing.T) {
	for _, e := range []*Entry{accepted(), refused(), {ID: "demo.8", Real: real0, Control: &Control{Method: "DELETE", Path: "/x"}}} {
		v := e.View(acme)
		var back View
		if err := json.Unmarshal([]byte(written(t, v)), &back); err != nil || !reflect.DeepEqual(v, back) {
			t.Errorf("%v: %+v became %+v", err, v, back)
		}
	}
}

// What leaves the process is a copy: an entry is never changed.
func TestAViewChangesNothing(t *testing.T) {
	e, v := accepted(), accepted().View(acme)
	*v.At, v.Request.Header[0].Value, v.Unread[0], v.Tasks[0].ID = time.Time{}, "", "", ""
	if !reflect.DeepEqual(e, accepted()) {
		t.Errorf("%+v", e)
	}
}

// refused is a request of a real client that was sent to us by mistake.
func refused() *Entry {
	return &Entry{
		ID: "@3", Seq: 3, Real: real0, Vendor: "acme", Operation: "none",
		Request: Request{
			Method: "PUT", Scheme: "https", Host: "me:pass@acme.example", Target: "/v9/keys/0123456789abcdef01234/x?key=live&verbose#top",
			Header: http.Header{
				"Authorization": {"Basic bWU6cGFzcw=="}, "Content-Type": {"application/json"}, "X-Custom": {"live"},
				"X-A-Header-Nobody-Knows": {"x"}, "X-Vendorsim-Test": {"yes"},
			},
			Body: []byte(`{"n": 1, "on": true, "user": "me", "list": ["a", null, {"deep": "b"}], "password": {"x": 1}}`),
		},
		Reply:   Reply{Status: 404, Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"message":"no such path: /v9/keys/0123456789abcdef01234/x"}`},
		Refusal: &Refusal{Kind: "not_found"},
	}
}

const refusedView = `{
  "id": "@3",
  "seq": 3,
  "real": "2026-05-04T10:00:00.25Z",
  "vendor": "acme",
  "operation": "none",
  "latency": "0s",
  "request": {
    "method": "PUT",
    "url": "https://acme.example/v9/keys/(21%20bytes,%20hash%201bc7)/x?key=(4%20bytes,%20hash%2017af)&(7%20bytes,%20hash%20f91d)",
    "header": [
      {
        "name": "(23 bytes, hash f396)",
        "value": "(1 bytes, hash 5087)"
      },
      {
        "name": "Authorization",
        "value": "Basic (2 bytes, hash 2aa7):(4 bytes, hash 7318)"
      },
      {
        "name": "Content-Type",
        "value": "application/json"
      },
      {
        "name": "X-Custom",
        "value": "(4 bytes, hash 17af)"
      },
      {
        "name": "X-Vendorsim-Test",
        "value": "yes"
      }
    ],
    "body": {
      "text": "{\"n\": 1, \"on\": true, \"user\": \"(2 bytes, hash 2aa7)\", \"list\": [\"(1 bytes, hash 292c)\", null, {\"deep\": \"(1 bytes, hash 2de5)\"}], \"password\": \"(8 bytes, hash 426e)\"}",
      "bytes": 92
    }
  },
  "reply": {
    "status": 404,
    "header": [
      {
        "name": "Content-Type",
        "value": "application/json"
      }
    ],
    "body": {
      "text": "{\"message\":\"no such path: /v9/keys/(21 bytes, hash 1bc7)/x\"}",
      "bytes": 60
    }
  },
  "refusal": {
    "kind": "not_found"
  }
}
`

// Of a request without a tenant nearly nothing is shown. What it quotes of the
// request, the reply does not show either.
func TestViewOfARefusedRequest(t *testing.T) {
	if got := written(t, refused().View(acme)); got != refusedView {
		t.Errorf("got %s", got)
	}
}

func TestViewOfAControlCall(t *testing.T) {
	e := &Entry{
		ID: "demo.9", Seq: 9, Real: real0, At: real0, Tenant: "demo", Latency: 85 * time.Microsecond,
		Control: &Control{Method: "POST", Path: "/tasks", Status: 201, Body: []byte(`{"vendor":"acme","set":{"password":"hunter2"},"secret":"hunter2"}`)},
	}
	const want = `{
  "id": "demo.9",
  "seq": 9,
  "real": "2026-05-04T10:00:00.25Z",
  "at": "2026-05-04T10:00:00.25Z",
  "tenant": "demo",
  "latency": "85µs",
  "control": {
    "method": "POST",
    "path": "/tasks",
    "status": 201,
    "body": {
      "text": "{\"vendor\":\"acme\",\"set\":{\"password\":\"(7 bytes, hash ec53)\"},\"secret\":\"(7 bytes, hash ec53)\"}",
      "bytes": 65
    }
  }
}
`
	if got := written(t, e.View(acme)); got != want {
		t.Errorf("got %s", got)
	}
}

func TestLongAndBinaryBodies(t *testing.T) {
	long := strings.Repeat("x", maxText)
	for name, tt := range map[string]struct {
		sent string
		want *BodyView
	}{
		"none":            {"", nil},
		"all that fits":   {long, &BodyView{Text: long, Bytes: maxText}},
		"one more":        {long + "y", &BodyView{Text: long, Bytes: maxText + 1, Truncated: true}},
		"no half letters": {long[1:] + "äö", &BodyView{Text: long[1:], Bytes: maxText + 3, Truncated: true}},
		"not UTF-8":       {"\xff\x00", &BodyView{Text: "/wA=", Bytes: 2, Base64: true}},
		"a long one":      {"\xff" + long, &BodyView{Text: "/3h4" + strings.Repeat("eHh4", maxText/4-1), Bytes: maxText + 1, Base64: true, Truncated: true}},
	} {
		e := &Entry{Tenant: "demo", Reply: Reply{Body: tt.sent}}
		if got := e.View(Secrets{}).Reply.Body; !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %.60v, want %.60v", name, got, tt.want)
		}
	}
}

// A body is cut after its secrets are gone: a cut one could not be read.
func TestACutBodyShowsNoSecret(t *testing.T) {
	body := `{"a":"` + strings.Repeat("x", maxText-30) + `","password":"` + strings.Repeat("y", maxText) + `"}`
	e := &Entry{Tenant: "demo", Reply: Reply{Body: body}}
	if got := e.View(acme).Reply.Body; !got.Truncated || !strings.HasSuffix(got.Text, `","password":"(65536 byt`) {
		t.Errorf("it ends %q", got.Text[len(got.Text)-40:])
	}
}
