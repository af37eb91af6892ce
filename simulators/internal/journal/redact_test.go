package journal

import (
	"net/url"
	"strings"
	"testing"
)

// gone is what stands for a secret.
func gone(secret string) string { return "(" + Redact(secret) + ")" }

// blank writes blanks as a URL has them.
func blank(s string) string { return strings.ReplaceAll(s, " ", "%20") }

func TestSecretNames(t *testing.T) {
	for _, name := range []string{
		"token", "apiKey", "api_key", "API-KEY", "x-api-key", "passphrase", "pwd", "dbPwd", "secret", "client.secret", "Password", "passwd",
		"X-Client-Key", "private_key", "accessKeyId", "credentials", "splunkAuthorization", "signature", "nextToken",
	} {
		if !SecretName(name) {
			t.Errorf("%s is shown", name)
		}
	}
	for _, name := range []string{"", "key", "localizedText", "tokenType", "token_type", "message", "keys", "id", "client_id", "api", "access"} {
		if SecretName(name) {
			t.Errorf("%s is hidden", name)
		}
	}
}

func TestRedact(t *testing.T) {
	// FNV-1a of "hunter2" is 0x23baec53.
	if got := Redact("hunter2"); got != "7 bytes, hash ec53" {
		t.Errorf("got %q", got)
	}
	if Redact("hunter3") == Redact("hunter2") {
		t.Error("not a hash of the secret")
	}
}

func TestHeaders(t *testing.T) {
	for _, tt := range []struct{ name, value, want string }{
		{"Authorization", "Bearer s3cret", "Bearer " + gone("s3cret")},
		{"Authorization", "bearer s3cret two", "bearer " + gone("s3cret two")},
		{"Authorization", "Bearer demo", "Bearer demo"},
		{"Authorization", "Bearer demo~x", "Bearer " + gone("demo~x")},
		{"Authorization", "s3cret", gone("s3cret")},
		{"Authorization", "Digest s3cret", gone("Digest s3cret")},
		{"Authorization", "Basic dTpw", "Basic " + gone("u") + ":" + gone("p")},
		{"Authorization", "Basic ZGVtbzpwOnE=", "Basic demo:" + gone("p:q")},
		{"Authorization", "Basic ZGVtbzo=", "Basic demo:" + gone("")},
		{"Authorization", "Basic s3cret!", "Basic " + gone("s3cret!")},
		{"Authorization", "Basic ZGVtbw==", "Basic " + gone("ZGVtbw==")}, // no colon
		{"proxy-authorization", "Basic dTpw", "Basic " + gone("u") + ":" + gone("p")},
		{"Cookie", "a=1; b=2;c", "a=" + gone("1") + "; b=" + gone("2") + ";" + gone("c")},
		{"Cookie", `a=b=c; `, "a=" + gone("b=c") + "; "},
		{"Set-Cookie", "sid=1; Path=/; Secure", "sid=" + gone("1") + "; Path=/; Secure"},
		{"Set-Cookie", "s3cret", gone("s3cret")},
		{"x-acme-signature", "s3cret", gone("s3cret")},
		{"X-Acme-Token", "demo", gone("demo")}, // a secret, even where it is the name
		{"X-Acme-Client", "demo", "demo"},
		{"X-Acme-Client", "other", gone("other")},
		{"X-Api-Key", "s3cret", gone("s3cret")}, // of no vendor of ours
		{"X-Acme-Page", "7", "7"},
		{"Referer", "https://u:p@x.example/a?password=s3cret&b=1", "https://" + gone("u:p") + "@x.example/a?password=" + strings.ReplaceAll(gone("s3cret"), " ", "%20") + "&b=1"},
		{"Location", "/tasks/1", "/tasks/1"},
		{"X-Callback", "/a?b=1&token=s3cret#access_token=s3cret", "/a?b=1&token=" + blank(gone("s3cret")) + "#access_token=" + blank(gone("s3cret"))},
		{"X-Client-Key", "s3cret", gone("s3cret")},
		{"Db_Passphrase", "s3cret", gone("s3cret")},
		{"Token-Type", "Bearer", "Bearer"}, // it is none
	} {
		r := &redactor{Secrets: acme, tenant: "demo"}
		if got := r.header(tt.name, tt.value); got != tt.want {
			t.Errorf("%s: %s is %q, want %q", tt.name, tt.value, got, tt.want)
		}
	}
}

// These are hidden whatever a spec says.
func TestHeadersThatAreAlwaysSecret(t *testing.T) {
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Auth-Access-Token", "X-Api-Key"} {
		r := &redactor{tenant: "demo"}
		if got := r.header(name, "s3cret"); got != gone("s3cret") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestURLs(t *testing.T) {
	for _, tt := range []struct{ host, target, want string }{
		{"h:1", "/a/b?x=1&y=%20z&&flag", "http://h:1/a/b?x=1&y=%20z&&flag"},
		{"h", "/a?Client_Secret=s%33cret&x=1", "http://h/a?Client_Secret=" + blank(gone("s3cret")) + "&x=1"},
		{"h", "/a?p%61ssword=%zz", "http://h/a?p%61ssword=" + blank(gone("%zz"))},
		{"h", "/a?x=1;password=s3cret", "http://h/a?x=" + blank(gone("1;password=s3cret"))},
		{"h", "/a?password=a;b=c&d=e", "http://h/a?password=" + blank(gone("a;b=c")) + "&d=e"},
		{"h", "/a?api_key=s3cret&Api%2DKey=s3cret&b=1", "http://h/a?api_key=" + blank(gone("s3cret")) + "&Api%2DKey=" + blank(gone("s3cret")) + "&b=1"},
		{"h", "/a?x=1;pwd=s3cret", "http://h/a?x=" + blank(gone("1;pwd=s3cret"))},
		{"h", "/a?filter=x;y:z", "http://h/a?filter=x;y:z"},
		{"h", "/a?client_id=demo", "http://h/a?client_id=demo"},
		{"h", "/a?client_id=other", "http://h/a?client_id=" + blank(gone("other"))},
		{"h", "/a?to=https%3A%2F%2Fu%3Ap%40x.example%2F", "http://h/a?to=" + blank(url.QueryEscape("https://")+strings.NewReplacer("(", "%28", ",", "%2C", ")", "%29").Replace(gone("u:p"))+url.QueryEscape("@x.example/"))},
		{"u:p@h", "/a#password", "http://h/a"},
		{"h", "http://u:p@other/a?x", "http://h/a?x"},
		{"h", "http://u:p@other", "http://h/"},
		{"h", "http://u:p@other?x=1", "http://h/?x=1"},
		{"h", "u:p@h:443", "http://h/h:443"},
		{"h", "*", "http://h/*"},
	} {
		e := &Entry{Tenant: "demo", Operation: "none", Request: Request{Host: tt.host, Target: tt.target}}
		if got := e.View(acme).Request.URL; got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.host, tt.target, got, tt.want)
		}
	}
}

// Only where a path is none of ours may a segment of it be anything.
func TestPathsOfRefusedRequests(t *testing.T) {
	const id = "65f46d08c6d2865b32048ba3"
	for operation, want := range map[string]string{
		"getTask": "http://h/a/" + id + "/b",
		"none":    "http://h/a/" + strings.ReplaceAll(gone(id), " ", "%20") + "/b",
		"":        "http://h/a/" + strings.ReplaceAll(gone(id), " ", "%20") + "/b",
	} {
		e := &Entry{Operation: operation, Request: Request{Host: "h", Target: "/a/" + id + "/b"}}
		if got := e.View(acme).Request.URL; got != want {
			t.Errorf("%s: %q, want %q", operation, got, want)
		}
	}
}

func TestBodies(t *testing.T) {
	const form, parts, text = "application/x-www-form-urlencoded; charset=utf-8", `multipart/form-data; boundary="xx"`, "text/plain"
	plus := func(s string) string { return strings.ReplaceAll(gone(s), " ", "+") }
	part := func(name, value string) string {
		return "--xx\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	for _, tt := range []struct{ contentType, sent, want string }{
		{"", ` {"a" : 1.50, "PASSWORD":	"x" } `, ` {"a" : 1.50, "PASSWORD":	"` + gone("x") + `" } `},
		{form, `[{"password":"x"}]`, `[{"password":"` + gone("x") + `"}]`}, // curl -d says that it is a form
		{"", `{"z":1,"a":{"b":[[{"password":["x",{"y":1}]}]]},"a":2}`, `{"z":1,"a":{"b":[[{"password":"` + gone(`["x",{"y":1}]`) + `"}]]},"a":2}`},
		{"", `{"pass\u0077ord":"x\n","n":12345678901234567890123}`, `{"pass\u0077ord":"` + gone("x\n") + `","n":12345678901234567890123}`},
		{"", `{"password":null,"access_token":12,"x":null}`, `{"password":null,"access_token":"` + gone("12") + `","x":null}`},
		{"", `{"client_id":"demo","x":{"client_id":"demo2"},"y":{"client_id":7}}`, `{"client_id":"demo","x":{"client_id":"` + gone("demo2") + `"},"y":{"client_id":"` + gone("7") + `"}}`},
		{"", `{"url":"https:\/\/u:p@x.example\/a","mail":"a@b.example"}`, `{"url":"https://` + gone("u:p") + `@x.example/a","mail":"a@b.example"}`},
		{"", `{"url":"https://x.example/a?b=1&token=s3cret","rel":"/a?api_key=s%33cret;x"}`, `{"url":"https://x.example/a?b=1&token=` + blank(gone("s3cret")) + `","rel":"/a?api_key=` + blank(gone("s3cret;x")) + `"}`},
		{"", `{"apiKey":"s3cret","a":[{"passphrase":"s3cret"}],"pwd":1234,"secret":true,"key":"x","localizedText":{"key":"y"}}`, `{"apiKey":"` + gone("s3cret") + `","a":[{"passphrase":"` + gone("s3cret") + `"}],"pwd":"` + gone("1234") + `","secret":true,"key":"x","localizedText":{"key":"y"}}`},
		{"", `{"credentials":{"user":"a","n":7,"more":["b"]},"tokenType":"Bearer"}`, `{"credentials":"` + gone(`{"user":"a","n":7,"more":["b"]}`) + `","tokenType":"Bearer"}`},
		{form, "apikey=s3cret&x=1", "apikey=" + plus("s3cret") + "&x=1"},
		{"", `{}`, `{}`}, {"", `[]`, `[]`}, {"", `[ ]`, `[ ]`}, {"", `{"a":{},"b":[ 1 , 2 ]}`, `{"a":{},"b":[ 1 , 2 ]}`},
		{"application/json", `{"password":"x"`, gone(`{"password":"x"`)},
		{"application/json", `{"a":1} {"password":"x"}`, gone(`{"a":1} {"password":"x"}`)},
		{"application/json", `"x"`, gone(`"x"`)}, // a bare token
		{"application/json", `12`, gone("12")},
		{form, "a=1&client_secret=x%20y&b=+", "a=1&client_secret=" + plus("x y") + "&b=+"},
		{form, "client_secret", "client_secret"},
		{parts, part("a", "1") + part("password", "x") + part("file", `{"password":"y"}`) + "--xx--\r\n",
			part("a", "1") + part("password", gone("x")) + part("file", `{"password":"`+gone("y")+`"}`) + "--xx--\r\n"},
		{parts, part("a", "1"), gone(part("a", "1"))},
		{"multipart/form-data", part("a", "1") + "--xx--\r\n", gone(part("a", "1") + "--xx--\r\n")},
		{text, "x", gone("x")},
		{"", "client_secret=x", gone("client_secret=x")},
	} {
		r := &redactor{Secrets: acme, tenant: "demo"}
		if got := r.body(tt.sent, tt.contentType); got != tt.want {
			t.Errorf("%s %s\n got %q\nwant %q", tt.contentType, tt.sent, got, tt.want)
		}
	}
}

// A vendor without secret fields has nothing to hide in what cannot be read.
func TestBodiesOfAVendorWithoutSecretFields(t *testing.T) {
	r := &redactor{Secrets: Secrets{Headers: acme.Headers}, tenant: "demo"}
	for sent, want := range map[string]string{
		"plain":                  "plain",
		`{"port":"x"`:            `{"port":"x"`,
		`{"password":"x"`:        gone(`{"password":"x"`), // the name tells
		"at ftp://u:p@x.example": "at ftp://" + gone("u:p") + "@x.example",
	} {
		if got := r.body(sent, ""); got != want {
			t.Errorf("%s: %q, want %q", sent, got, want)
		}
	}
}

func TestBodiesOfRefusedRequests(t *testing.T) {
	const long = "a-name-that-nobody-knows"
	for _, tt := range []struct{ contentType, sent, want string }{
		{"", `{"a":"b","` + long + `":[1,true,123456789012345678901]}`, `{"a":"` + gone("b") + `","` + gone(long) + `":[1,true,"` + gone("123456789012345678901") + `"]}`},
		{"", `{"client_id":"demo"}`, `{"client_id":"` + gone("demo") + `"}`},
		{"application/x-www-form-urlencoded", "a=b&c", "a=" + strings.ReplaceAll(gone("b")+"&"+gone("c"), " ", "+")},
		{"multipart/form-data; boundary=xx", "--xx\r\n\r\nb\r\n--xx--\r\n", gone("--xx\r\n\r\nb\r\n--xx--\r\n")},
		{"text/plain", "b", gone("b")},
	} {
		r := &redactor{strict: true}
		if got := r.body(tt.sent, tt.contentType); got != tt.want {
			t.Errorf("%s\n got %q\nwant %q", tt.sent, got, tt.want)
		}
	}
}

// What a request hides, nothing that is told about it may quote. The longest
// goes first: else a part of it would stay.
func TestWhatQuotesASecret(t *testing.T) {
	const short, long = "hunter2-hunter2", "hunter2-hunter2-and-more"
	e := &Entry{
		Tenant: "demo",
		Request: Request{
			Header: map[string][]string{"X-Acme-Token": {short}},
			Body:   []byte(`{"password":"` + long + `"}`),
		},
		Reply:   Reply{Body: `{"message":"bad ` + long + `","` + short + `":1}`, Header: map[string][]string{"X-Why": {"not " + short}}},
		Note:    "not " + short,
		Refusal: &Refusal{Field: short, Rule: "rule", Text: "got " + long},
		Unread:  []string{"body " + short},
	}
	v := e.View(acme)
	for got, want := range map[string]string{
		v.Reply.Body.Text:       `{"message":"bad ` + gone(long) + `","` + gone(short) + `":1}`,
		v.Reply.Header[0].Value: "not " + gone(short),
		v.Note:                  "not " + gone(short),
		v.Refusal.Field:         gone(short),
		v.Refusal.Text:          "got " + gone(long),
		v.Unread[0]:             "body " + gone(short),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
