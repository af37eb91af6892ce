package checkpoint

import "testing"

// The two signatures that the vendor's own integration for Cortex XSOAR tests
// itself with, and what a signature hangs on: every part of the request.
func TestSignature(t *testing.T) {
	const (
		request = "00000000-0000-0000-0000-000000000000"
		client  = "****"
		date    = "2023-08-13T19:08:35.263817"
		hidden  = "****"
		path    = "/v1.0/soar/test"
		signed  = "66968b7de6a44c879eedc2a426ec76c254c203d60ce746236645b52b5b5dcddb"
	)
	if got := sign(request, client, date, path, hidden); got != signed {
		t.Errorf("of a call: %s", got)
	}
	if got, want := sign(request, client, date, "", hidden), "ac07ea6ddd026cbbfad8751d45d6e9e1823bc03e227eeb117976834391b629b8"; got != want {
		t.Errorf("of the log-in: %s, want %s", got, want)
	}
	for what, other := range map[string]string{
		"request id": sign("1", client, date, path, hidden),
		"client":     sign(request, "US:****", date, path, hidden),
		"date":       sign(request, client, "2023-08-13T19:08:35.263818", path, hidden),
		"query":      sign(request, client, date, path+"?scope=us%3Aacme", hidden),
		"secret":     sign(request, client, date, path, secret),
	} {
		if other == signed {
			t.Errorf("the %s makes no difference", what)
		}
	}
}
