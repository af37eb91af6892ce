package push

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

// A dry queue sends nothing and tells that everything has arrived.
func TestDry(t *testing.T) {
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("something was sent") }))
	defer receiver.Close()
	q := NewDry(slog.New(slog.DiscardHandler))
	defer q.Close()
	told := make(chan Attempt, 1)
	if !q.Send(Message{URL: receiver.URL, Owner: 1, Tried: func(a Attempt) { told <- a }}) {
		t.Fatal("dropped")
	}
	if err := q.Drained(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	if a := <-told; a.Outcome != Delivered || !a.Last {
		t.Errorf("%+v", a)
	}
	if q.Accepted() != 1 {
		t.Error(q.Accepted())
	}
}
