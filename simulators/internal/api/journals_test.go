package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestEvents(t *testing.T) {
	for name, c := range map[string]struct{ stream, want string }{
		"one":               {"event: request\nid: 1\ndata: {}\n\n", "request={};"},
		"comments":          {": keep-alive\n\nevent: missed\n: keep-alive\ndata: 3\n\n", "missed=3;"},
		"several lines":     {"data: a\ndata: b\n\n", "=a\nb;"},
		"no data":           {"event: request\n\n", ""},
		"no space":          {"event:request\ndata:{}\n\n", "request={};"},
		"carriage returns":  {"event: request\r\ndata: {}\r\n\r\n", "request={};"},
		"names do not stay": {"event: missed\ndata: 1\n\ndata: 2\n\n", "missed=1;=2;"},
		"cut off":           {"event: request\ndata: {}\n", ""},
		"a line cut off":    {"data: 1\n\ndata: 2", "=1;"},
	} {
		var got strings.Builder
		err := events(strings.NewReader(c.stream), func(name, data string) error {
			got.WriteString(name + "=" + data + ";")
			return nil
		})
		if err != nil || got.String() != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got.String(), err, c.want)
		}
	}
}

func follow(t *testing.T, stream string, each func(Followed) error) (uri string, err error) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		uri = r.RequestURI
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, stream)
	}))
	defer s.Close()
	c, err := NewClient(s.URL, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	err = c.Follow(context.Background(), "demo", JournalQuery{Vendor: "cisco", After: 3, Limit: 5}, each)
	return uri, err
}

func TestFollow(t *testing.T) {
	entries, missed := 0, 0
	uri, err := follow(t, "event: request\nid: 1\ndata: {}\n\nevent: later\ndata: x\n\nevent: missed\ndata: 7\n\n", func(f Followed) error {
		if f.Entry != nil {
			entries++
		}
		missed += f.Missed
		return nil
	})
	if err != nil || entries != 1 || missed != 7 {
		t.Errorf("%d entries, %d missed, %v", entries, missed, err)
	}
	if want := "/tenants/demo/journal/follow?after=3&vendor=cisco"; uri != want {
		t.Errorf("asked %s, want %s", uri, want)
	}
}

func TestFollowEndsByItsReader(t *testing.T) {
	enough, calls := errors.New("enough"), 0
	_, err := follow(t, strings.Repeat("event: request\ndata: {}\n\n", 3), func(Followed) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func TestFollowOfNonsense(t *testing.T) {
	for stream, want := range map[string]string{
		"event: request\ndata: {\n\n": "an entry that cannot be read",
		"event: missed\ndata: x\n\n":  "a count that cannot be read",
	} {
		if _, err := follow(t, stream, func(Followed) error { return nil }); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", stream, err, want)
		}
	}
}
