package journal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// required are the members that HAR 1.2 requires, with their types. Of text and
// params in postData it says that each is, and that both exclude each other.
// http://www.softwareishard.com/blog/har-12-spec/
var required = map[string]string{
	"":                                    "log:object",
	"log":                                 "version:string creator:object entries:array",
	"log.creator":                         "name:string version:string",
	"log.entries[]":                       "startedDateTime:string time:number request:object response:object cache:object timings:object",
	"log.entries[].timings":               "send:number wait:number receive:number",
	"log.entries[].request":               "method:string url:string httpVersion:string cookies:array headers:array queryString:array headersSize:number bodySize:number",
	"log.entries[].request.cookies[]":     "name:string value:string",
	"log.entries[].request.headers[]":     "name:string value:string",
	"log.entries[].request.queryString[]": "name:string value:string",
	"log.entries[].request.postData":      "mimeType:string params:array text:string",
	"log.entries[].response":              "status:number statusText:string httpVersion:string cookies:array headers:array content:object redirectURL:string headersSize:number bodySize:number",
	"log.entries[].response.cookies[]":    "name:string value:string",
	"log.entries[].response.headers[]":    "name:string value:string",
	"log.entries[].response.content":      "size:number mimeType:string",
}

// optional are the other members that HAR 1.2 knows and we write.
var optional = map[string]string{
	"log":                              "comment:string",
	"log.entries[]":                    "comment:string",
	"log.entries[].request":            "postData:object",
	"log.entries[].request.postData":   "comment:string",
	"log.entries[].response.content":   "text:string encoding:string comment:string",
	"log.entries[].response.cookies[]": "path:string domain:string expires:string httpOnly:boolean secure:boolean",
}

func typeOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return fmt.Sprintf("%T", v)
}

// checkHAR holds a value to the tables above, and answers what breaks them.
func checkHAR(at string, v any) (wrong []string) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			wrong = append(wrong, checkHAR(at+"[]", one)...)
		}
	case map[string]any:
		known := map[string]bool{}
		for _, member := range strings.Fields(required[at]) {
			name, kind, _ := strings.Cut(member, ":")
			if known[name] = true; typeOf(v[name]) != kind {
				wrong = append(wrong, fmt.Sprintf("%s.%s is %s, not %s", at, name, typeOf(v[name]), kind))
			}
		}
		for _, member := range strings.Fields(optional[at]) {
			name, kind, _ := strings.Cut(member, ":")
			if known[name] = true; v[name] != nil && typeOf(v[name]) != kind {
				wrong = append(wrong, fmt.Sprintf("%s.%s is %s, not %s", at, name, typeOf(v[name]), kind))
			}
		}
		for name, member := range v {
			switch {
			case strings.HasPrefix(name, "_"): // ours
			case !known[name]:
				wrong = append(wrong, at+"."+name+" is not of HAR 1.2")
			default:
				wrong = append(wrong, checkHAR(strings.TrimPrefix(at+"."+name, "."), member)...)
			}
		}
	}
	return wrong
}

// harDocument writes an archive and reads it.
func harDocument(t interface{ Fatal(...any) }, entries ...*Entry) (file harFile, wrong []string) {
	text, err := HAR(entries, func(string) Secrets { return acme }, "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file, checkHAR("", doc)
}

const acceptedHAR = `{
  "startedDateTime": "2026-05-04T10:00:00.250Z",
  "time": 1.234,
  "request": {
    "method": "POST",
    "url": "http://127.0.0.1:7800/acme/oauth/token?client_id=demo&verbose=1",
    "httpVersion": "HTTP/1.1",
    "cookies": [
      {"name": "session", "value": "(3 bytes, hash e90b)"},
      {"name": "theme", "value": "(4 bytes, hash 6945)"}
    ],
    "headers": [
      {"name": "Accept", "value": "*/*"},
      {"name": "Content-Type", "value": "application/x-www-form-urlencoded"},
      {"name": "Cookie", "value": "session=(3 bytes, hash e90b); theme=(4 bytes, hash 6945)"}
    ],
    "queryString": [
      {"name": "client_id", "value": "demo"},
      {"name": "verbose", "value": "1"}
    ],
    "postData": {
      "mimeType": "application/x-www-form-urlencoded",
      "params": [],
      "text": "grant_type=client_credentials&client_id=demo&client_secret=(7+bytes,+hash+ec53)"
    },
    "headersSize": -1,
    "bodySize": 66
  },
  "response": {
    "status": 200,
    "statusText": "OK",
    "httpVersion": "HTTP/1.1",
    "cookies": [
      {"name": "session", "value": "(3 bytes, hash 7e8c)", "path": "/", "httpOnly": true}
    ],
    "headers": [
      {"name": "Content-Type", "value": "application/json"},
      {"name": "Set-Cookie", "value": "session=(3 bytes, hash 7e8c); Path=/; HttpOnly"}
    ],
    "content": {
      "size": 49,
      "mimeType": "application/json",
      "text": "{\"access_token\": \"(10 bytes, hash 8906)\", \"expires_in\": 749}"
    },
    "redirectURL": "",
    "headersSize": -1,
    "bodySize": 49
  },
  "cache": {},
  "timings": {"send": 0, "wait": 1.234, "receive": 0},
  "comment": "a note",
  "_vendorsim": {
    "id": "demo.7",
    "seq": 7,
    "tenant": "demo",
    "at": "2026-05-04T11:00:00.25Z",
    "vendor": "acme",
    "operation": "getToken",
    "kind": "login",
    "profile": "documented",
    "tasks": [{"id": "t1", "state": "running", "phase": "running", "ended": false}],
    "created": "t1"
  }
}`

func TestHAROfARequest(t *testing.T) {
	file, wrong := harDocument(t, accepted())
	if len(wrong) > 0 || file.Log.Version != "1.2" || file.Log.Creator != (harCreator{"vendorsim", "1.2.3"}) || file.Log.Comment != "" || len(file.Log.Entries) != 1 {
		t.Fatalf("%v %+v", wrong, file)
	}
	var want any
	if err := json.Unmarshal([]byte(acceptedHAR), &want); err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(file.Log.Entries[0])
	wanted, _ := json.Marshal(want)
	var again any
	_ = json.Unmarshal(got, &again)
	if got, _ := json.Marshal(again); string(got) != string(wanted) {
		t.Errorf("got  %s\nwant %s", got, wanted)
	}
}

// Control calls are no traffic, and an archive of nothing is an archive.
func TestHARLeavesControlCallsOut(t *testing.T) {
	call := &Entry{ID: "demo.8", Control: &Control{Method: "POST", Path: "/clock/advance"}}
	file, wrong := harDocument(t, call, accepted(), call)
	if len(wrong) > 0 || len(file.Log.Entries) != 1 || file.Log.Comment != "calls of the control API that are left out: 2" {
		t.Errorf("%v %+v", wrong, file)
	}
	if file, wrong := harDocument(t); len(wrong) > 0 || file.Log.Entries == nil {
		t.Errorf("%v %+v", wrong, file)
	}
}

func TestHAROfOddEntries(t *testing.T) {
	long := strings.Repeat("x", maxText+1)
	e := &Entry{
		ID: "demo.1", Tenant: "demo", Vendor: "acme", Real: time.Date(2026, 5, 4, 12, 0, 0, 0, time.FixedZone("", 7200)),
		Request: Request{Method: "GET", Host: "h", Target: "/a?x&&y=%20&z=a%26b", Body: []byte(`{"a":"` + "\xff" + long + `"}`), Proto: "HTTP/2.0"},
		Reply: Reply{Status: 302, Body: `["` + long + `"]`, Header: http.Header{
			"location":   {"/there?password=x"},
			"Set-Cookie": {"a=1; Domain=h.example; Expires=Mon, 04 May 2026 10:00:00 GMT; Secure; Max-Age=3", "nonsense", "b=2; Expires=never"},
		}},
	}
	file, wrong := harDocument(t, e)
	got := file.Log.Entries[0]
	if len(wrong) > 0 || got.StartedDateTime != "2026-05-04T10:00:00.000Z" || got.Request.HTTPVersion != "HTTP/2.0" || got.Response.StatusText != "Found" {
		t.Errorf("%v %+v", wrong, got)
	}
	if q := fmt.Sprint(got.Request.QueryString); q != "[{x } {y  } {z a&b}]" {
		t.Errorf("query %s", q)
	}
	if got.Request.PostData.Comment != "base64, only the beginning" || got.Response.Content.Comment != "only the beginning" || got.Response.Content.Size != maxText+5 {
		t.Errorf("%.40v, %.40v", got.Request.PostData, got.Response.Content)
	}
	if want := "/there?password=(1%20bytes,%20hash%20" + Redact("x")[len(Redact("x"))-4:] + ")"; got.Response.RedirectURL != want {
		t.Errorf("to %s", got.Response.RedirectURL)
	}
	want := fmt.Sprint([]harCookie{
		{Name: "a", Value: gone("1"), Domain: "h.example", Expires: "2026-05-04T10:00:00Z", Secure: true},
		{Name: "b", Value: gone("2")},
	})
	if got := fmt.Sprint(got.Response.Cookies); got != want {
		t.Errorf("cookies %s, want %s", got, want)
	}
}

// Whatever was asked, the archive is one.
func TestHARIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.OneOf(rapid.Custom(acceptedCanary), rapid.Custom(refusedCanary)).Draw(t, "entry")
		e.Latency = time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "latency"))
		file, wrong := harDocument(t, e)
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		if got := file.Log.Entries[0]; got.Time != got.Timings.Send+got.Timings.Wait+got.Timings.Receive {
			t.Fatalf("%v is not the sum of %v", got.Time, got.Timings)
		}
	})
}
