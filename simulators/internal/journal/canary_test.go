package journal

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const canary = "cAnArY7f3a9bcAnArY7f3a9b"

// inCase writes a name in any case.
func inCase(t *rapid.T, name string) string {
	return rapid.SampledFrom([]func(string) string{strings.ToLower, strings.ToUpper, strings.Clone}).Draw(t, "case")(name)
}

// spelled writes the canary as a URL or form may: escaped or not.
func spelled(t *rapid.T) string {
	return rapid.SampledFrom([]string{canary, "%63" + canary[1:], canary + "+x", canary + ";a=b", "a;b=" + canary}).Draw(t, "spelling")
}

// someJSON is a document with a member somewhere in it, as JSON text.
func someJSON(t *rapid.T, member string) string {
	doc := "{" + rapid.SampledFrom([]string{"", `"n":1.0,`, ` "s" : "x\"}" , `}).Draw(t, "before") + member + "}"
	for range rapid.IntRange(0, 4).Draw(t, "depth") {
		doc = fmt.Sprintf(rapid.SampledFrom([]string{`{"a":%s}`, `[%s]`, `[ "x" ,{"b" : %s} ]`, `{"a":[],"b":{},"c":%s,"d":"}"}`}).Draw(t, "around"), doc)
	}
	return doc
}

// secretMember holds the canary under a secret key.
func secretMember(t *rapid.T) string {
	key := inCase(t, rapid.SampledFrom(slices.Concat(acme.Fields, []string{"client_id", "api_key", "passPhrase"})).Draw(t, "key"))
	value := fmt.Sprintf(rapid.SampledFrom([]string{`"%s"`, `"x %s"`, `["%s"]`, `{"%s":1}`, `{"a":[{"b":"%s"}]}`}).Draw(t, "value"), canary)
	return strings.NewReplacer("_", rapid.SampledFrom([]string{"_", `\u005f`}).Draw(t, "escape")).Replace(`"`+key+`"`) + ": " + value
}

// secretBody is a body with the canary in a secret place, and its type.
func secretBody(t *rapid.T) (contentType, body string) {
	switch rapid.IntRange(0, 4).Draw(t, "body") {
	case 0:
		return rapid.SampledFrom([]string{"", "application/json", "application/x-www-form-urlencoded"}).Draw(t, "type"), someJSON(t, secretMember(t))
	case 1:
		return "application/x-www-form-urlencoded", "a=1&" + inCase(t, "client_secret") + "=" + spelled(t) + "&b=2"
	case 2:
		var out bytes.Buffer
		w := multipart.NewWriter(&out)
		_ = w.WriteField("a", "1")
		_ = w.WriteField(inCase(t, "password"), canary)
		_ = w.WriteField("client_id", canary)
		_ = w.Close()
		return w.FormDataContentType(), out.String()
	case 3:
		return "application/json", someJSON(t, secretMember(t))[1:] // none
	}
	return "text/plain", canary
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// quoting is what may quote a canary that stood in the request.
func quoting(e *Entry) {
	e.Note = "not " + canary
	e.Refusal = &Refusal{Kind: "invalid", Field: canary, Text: "got " + canary}
	e.Unread = []string{"query " + canary}
	e.Reply.Body = `{"message":"no such thing: ` + canary + `","` + canary + `":[]}`
	e.Reply.Header = http.Header{"X-Why": {canary}, "Content-Type": {"application/json"}}
}

// acceptedCanary is an accepted entry with the canary in one place that the
// vendor calls secret, or that always is.
func acceptedCanary(t *rapid.T) *Entry {
	e := &Entry{ID: "demo.1", Tenant: "demo", Vendor: "acme", Operation: "getTask"}
	q := &e.Request
	q.Method, q.Host, q.Target, q.Header = "POST", "acme.example", "/v1/task/a?limit=1", http.Header{}
	switch rapid.IntRange(0, 8).Draw(t, "place") {
	case 0:
		q.Header.Set("Authorization", rapid.SampledFrom([]string{
			"Bearer " + canary, "bearer  " + canary, canary, "Token " + canary, "Digest a=" + canary,
			basic(canary, "x"), basic("demo", canary), basic(canary, canary), "Basic " + canary,
		}).Draw(t, "authorization"))
	case 1:
		q.Header.Set("Cookie", rapid.SampledFrom([]string{"a=" + canary, "b=1; a=" + canary + "; c=2", canary, "a=b=" + canary}).Draw(t, "cookie"))
	case 2:
		q.Header[inCase(t, rapid.SampledFrom(slices.Concat(acme.Headers, []string{"X-Acme-Client", "X-Api-Key", "X-Client-Key", "pass-phrase"})).Draw(t, "header"))] = []string{"x", canary}
	case 3:
		q.Target = "/v1/task/a?x=1&" + inCase(t, rapid.SampledFrom(slices.Concat(acme.Fields, []string{"client_id", "apiKey", "pwd"})).Draw(t, "field")) + "=" + spelled(t)
	case 4:
		contentType, body := secretBody(t)
		q.Header.Set("Content-Type", contentType)
		q.Body = []byte(body)
	case 5:
		q.Host = "me:" + canary + "@acme.example"
		q.Target = rapid.SampledFrom([]string{"/a", "http://me:" + canary + "@acme.example/a", "me:" + canary + "@acme.example:443"}).Draw(t, "target")
	case 6:
		contentType, body := secretBody(t)
		e.Reply.Header = http.Header{"Content-Type": {contentType}, "Set-Cookie": {"sid=" + canary + "; Path=/"}, "x-acme-token": {canary}}
		e.Reply.Body = body
	case 7:
		link := "https://me:" + canary + "@acme.example/a?x=1&" + rapid.SampledFrom([]string{"password", "api_key", "%74oken"}).Draw(t, "name") + "=" + canary
		q.Header.Set("Referer", link)
		e.Reply.Header = http.Header{"Location": {link}}
	case 8:
		q.Body = []byte(someJSON(t, rapid.SampledFrom([]string{
			`"url":"https:\/\/me:` + canary + `@acme.example/a"`, `"url":"https://acme.example/a?x=1&token=` + canary + `"`, `"next":"/a?apikey=` + canary + `;a=b#c"`,
		}).Draw(t, "url")))
	}
	sent := q.Header.Get("Authorization") + q.Header.Get("Cookie")
	if sent != "" && !strings.Contains(sent, "a=b=") && !strings.Contains(sent, "Digest") && rapid.Bool().Draw(t, "quoted") {
		quoting(e) // the canary stood there by itself
	}
	return e
}

// refusedCanary is a refused entry with the canary anywhere but in the few
// headers that say nothing of a client.
func refusedCanary(t *rapid.T) *Entry {
	e := &Entry{ID: "@1", Vendor: "acme", Operation: "none"}
	q := &e.Request
	q.Method, q.Host, q.Target, q.Header = "POST", "acme.example", "/v1/task/a?limit=1", http.Header{}
	switch rapid.IntRange(0, 9).Draw(t, "place") {
	case 0:
		q.Header.Set(rapid.SampledFrom([]string{"X-Custom", "Cookie", "Authorization", "Accept-Language", "Origin", "Referer"}).Draw(t, "header"), canary)
	case 1:
		q.Header[canary] = []string{"x"}
	case 2:
		q.Header.Set("Cookie", canary+"=1")
	case 3:
		q.Target = "/v1/" + rapid.SampledFrom([]string{canary, canary + "/x", "x/" + canary + "?a=b", "%63" + canary[1:]}).Draw(t, "path")
	case 4:
		q.Target = "/v1?" + rapid.SampledFrom([]string{"x=" + canary, canary, canary + "=1", "a&" + canary + "&b", "x=1;y=" + canary, "%63" + canary[1:] + "=1"}).Draw(t, "query")
	case 5:
		q.Body = []byte(someJSON(t, rapid.SampledFrom([]string{`"x":"` + canary + `"`, `"` + canary + `":1`, `"x":["` + canary + `"]`, `"\u0063` + canary[1:] + `":null`}).Draw(t, "member")))
	case 6:
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Body = []byte(rapid.SampledFrom([]string{"x=" + canary, canary + "=1", canary, "a=b&x=" + canary}).Draw(t, "form"))
	case 7:
		contentType, body := secretBody(t)
		q.Header.Set("Content-Type", contentType)
		q.Body = []byte(body)
		return e
	case 8:
		q.Method = canary
	case 9:
		q.Body = []byte(rapid.SampledFrom([]string{canary, `"` + canary + `"`, `{"a":"` + canary + `"`, "\xff" + canary}).Draw(t, "raw"))
		return e
	}
	if !strings.Contains(q.Target, ";") && rapid.Bool().Draw(t, "quoted") {
		quoting(e)
	}
	return e
}

// controlCanary is a control call with the canary in a secret place.
func controlCanary(t *rapid.T) *Entry {
	member, note := `"secret":"`+canary+`"`, "not "+canary
	if rapid.Bool().Draw(t, "vendor's") {
		member, note = secretMember(t), ""
	}
	return &Entry{
		ID: "demo.2", Tenant: "demo", Note: note,
		Control: &Control{Method: "POST", Path: "/tasks", Body: []byte(someJSON(t, member))},
	}
}

// shows tells where a text shows the canary, also in base64.
func shows(text string) string {
	for _, form := range []string{canary, url.QueryEscape(canary)} {
		if i := strings.Index(text, form); i >= 0 {
			return text[max(0, i-200):min(len(text), i+60)]
		}
	}
	for _, word := range regexp.MustCompile(`[A-Za-z0-9+/]{24,}=*`).FindAllString(text, -1) {
		if plain, err := base64.StdEncoding.DecodeString(word); err == nil && strings.Contains(string(plain), canary) {
			return word + ", which is " + string(plain)
		}
	}
	return ""
}

// Somebody will send a real key by mistake: wherever it may stand, it shows in
// nothing that leaves the process.
func TestSecretsNeverShow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.OneOf(rapid.Custom(acceptedCanary), rapid.Custom(refusedCanary), rapid.Custom(controlCanary)).Draw(t, "entry")
		view, err := json.Marshal(e.View(acme))
		if err != nil {
			t.Fatal(err)
		}
		har, err := HAR([]*Entry{e}, func(string) Secrets { return acme }, "1.0")
		if err != nil {
			t.Fatal(err)
		}
		for what, text := range map[string]string{"view": string(view), "HAR": string(har)} {
			if where := shows(text); where != "" {
				t.Fatalf("the %s shows %s", what, where)
			}
		}
	})
}

// The test above can fail: under a name that tells nothing, a canary shows.
func TestCanariesWouldShow(t *testing.T) {
	e := &Entry{Tenant: "demo", Request: Request{Target: "/a?page=" + canary, Body: []byte(`{"page":"` + canary + `"}`)}}
	for _, text := range []string{e.View(Secrets{}).Request.URL, e.View(Secrets{}).Request.Body.Text, basic(canary, "")} {
		if shows(text) == "" {
			t.Errorf("%s shows none", text)
		}
	}
}

var redacted = regexp.MustCompile(`^\([0-9]+ bytes, hash [0-9a-f]{4}\)$`)

// FuzzJSON redacts any body. What was valid stays valid and keeps everything
// but its secrets; nothing panics; a canary under a secret key never shows.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"password":"x","a":[1.50,true,null,"s"],"PassWord":{"b":[]}}`, `[{"client_id":"demo"},{"client_id":"x"}]`, `{"\u0070assword":"\ud800"}`,
		`"x"`, `12`, ``, `{`, `{"a":1}}`, "{\"\xff\":\"\xff\"}", `{"a":"http://u:p@x/","b":"\\\"}"}`, ` [ ] `, `{"password":null,"":""}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for _, r := range []*redactor{{Secrets: acme, tenant: "demo"}, {Secrets: acme, strict: true}} {
			out := r.body(in, "application/json")
			if !json.Valid([]byte(in)) {
				continue
			}
			if strings.HasPrefix(strings.TrimSpace(in), "{") || strings.HasPrefix(strings.TrimSpace(in), "[") {
				if !json.Valid([]byte(out)) {
					t.Fatalf("%q became %q", in, out)
				}
				if !r.strict {
					compare(t, in, out)
				}
			} else if !redacted.MatchString(out) {
				t.Fatalf("%q became %q", in, out)
			}
			out = r.body(`{"x":[`+in+`,{"Password":[`+in+`,"`+canary+`"]}],"access_token":"`+canary+`"}`, "")
			if strings.Contains(out, canary) {
				t.Fatalf("%q shows %q", in, out)
			}
		}
	})
}

// compare walks two documents: the second is the first with its secrets redacted.
func compare(t *testing.T, in, out string) {
	t.Helper()
	a, b := json.NewDecoder(strings.NewReader(in)), json.NewDecoder(strings.NewReader(out))
	a.UseNumber()
	b.UseNumber()
	var objects []bool // whether each value around is an object
	key := true        // the next text is a key
	for {
		x, errA := a.Token()
		y, errB := b.Token()
		if errA == io.EOF && errB == io.EOF {
			return
		}
		if errA != nil || errB != nil {
			t.Fatalf("%q became %q: %v, %v", in, out, errA, errB)
		}
		inObject := len(objects) > 0 && objects[len(objects)-1]
		if x != y {
			text, _ := x.(string)
			shown, _ := y.(string)
			if !strings.ContainsAny(text, ":?&#") || !strings.Contains(shown, "bytes,") {
				t.Fatalf("%q became %q: %v became %v", in, out, x, y)
			}
		}
		switch d := x.(type) {
		case json.Delim:
			if d == '{' || d == '[' {
				objects = append(objects, d == '{')
				key = d == '{'
				continue
			}
			objects = objects[:len(objects)-1]
		case string:
			if inObject && key {
				key = false
				if SecretName(d) && !listed(acme.Fields, d) && !listed(acme.Names, d) {
					return // what is in it may be hidden or not
				}
				if listed(acme.Fields, d) || listed(acme.Names, d) {
					compareSecret(t, a, b, listed(acme.Names, d))
					key = true
				}
				continue
			}
		}
		key = true
	}
}

func compareSecret(t *testing.T, a, b *json.Decoder, name bool) {
	t.Helper()
	var sent json.RawMessage
	var shown any
	if errA, errB := a.Decode(&sent), b.Decode(&shown); errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	text, _ := shown.(string)
	if !redacted.MatchString(text) && string(sent) != "null" && !(name && text == "demo") {
		t.Fatalf("%s became %v", sent, shown)
	}
}
