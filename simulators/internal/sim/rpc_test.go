package sim

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestJSONRPC(t *testing.T) {
	for _, c := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"a call", `{"method":"getStatus","id":"x","params":{"taskId":"a"}}`, 200, `{"id":"x","result":{"id":"a",`},
		{"a number as id", `{"method":"getStatus","id":1504874269032,"params":{"taskId":"a"}}`, 200, `{"id":1504874269032,"result"`},
		{"a number over 2^53", `{"method":"getStatus","id":9007199254740993,"params":{"taskId":"a"}}`, 200, `{"id":9007199254740993,"result"`},
		{"a number with its digits", `{"method":"getStatus","id":1.50e3,"params":{"taskId":"a"}}`, 200, `{"id":1.50e3,"result"`},
		{"a text with signs", `{"method":"getStatus","id":"<&> é","params":{"taskId":"a"}}`, 200, `{"id":"<&> é","result"`},
		{"a notification", `{"method":"getStatus","params":{"taskId":"a"}}`, 200, `{"id":null,"result"`},
		{"a null id", `{"method":"getStatus","id":null,"params":{"taskId":"a"}}`, 200, `{"id":null,"result"`},
		{"an id of another type", `{"method":"getStatus","id":{"a":1},"params":{"taskId":"a"}}`, 200, `{"id":null,"result"`},
		{"an unknown method", `{"method":"getstatus","id":7,"params":{}}`, 200, `{"id":7,"error":"unknown method"}`},
		{"an unknown method with wrong params", `{"method":"x","id":7,"params":[1]}`, 200, `{"id":7,"error":"unknown method"}`},
		{"no method", `{"id":7}`, 400, `"at":"body method required"`},
		{"a method of another type", `{"method":5,"id":7}`, 400, `"at":"body method type"`},
		{"no params", `{"method":"getStatus","id":7}`, 400, `"at":"params taskId required"`},
		{"null params", `{"method":"getStatus","id":7,"params":null}`, 400, `"at":"params taskId required"`},
		{"params by place", `{"method":"getStatus","id":7,"params":["a"]}`, 400, `"at":"params  type"`},
		{"params of another type", `{"method":"getStatus","id":7,"params":{"taskId":5}}`, 400, `"at":"params taskId type"`},
		{"a batch", `[{"method":"getStatus","id":7,"params":{"taskId":"a"}}]`, 400, `"at":"body  type"`},
		{"an empty batch", `[]`, 400, `"at":"body  type"`},
		{"null", `null`, 400, `"at":"body  nullable"`},
		{"nothing", ``, 400, `"at":"body  required"`},
		{"white space", " \r\n", 400, `"at":"body  required"`},
		{"no JSON", `{"method":`, 400, `"malformed"`},
		{"two documents", `{"method":"getStatus"}{}`, 400, `"malformed"`},
		{"an unknown task", `{"method":"getStatus","id":7,"params":{"taskId":"zz"}}`, 404, `"unknown-task"`},
		{"the same member twice", `{"method":"x","method":"getStatus","id":7,"params":{"taskId":"a"}}`, 200, `{"id":7,"result"`},
		{"deep nesting", `{"method":"getStatus","id":7,"params":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`, 400, `"malformed"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := serve(t, life+"tasks: [{id: a}]", acme())
			b.want(b.do("POST", "/v1/rpc", c.body), c.status, c.want)
		})
	}
}

func TestBearer(t *testing.T) {
	for header, want := range map[string]string{
		"Bearer demo": "demo true", "bearer demo": "demo true", "BEARER   demo  ": "demo true", "Bearer a b": "a b true", "Bearer slow~x": "slow~x true",
		"Bearer ": " true", "Bearer": " true",
		"": "false", "demo": "false", "Basic demo": "false", "Bearerdemo": "false", " Bearer demo": "false", "Bearer\tdemo": "false", "Token demo": "false",
	} {
		token, ok := Bearer(http.Header{"Authorization": {header}})
		got := fmt.Sprint(token, " ", ok)
		if !ok {
			got = "false"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
	if _, ok := Bearer(http.Header{}); ok {
		t.Error("a token out of nothing")
	}
}

func TestBasic(t *testing.T) {
	for header, want := range map[string]string{
		"Basic ZGVtbzpzZWNyZXQ=": "demo|secret", "basic  ZGVtbzpzZWNyZXQ= ": "demo|secret", "Basic ZGVtbzo=": "demo|", "Basic OnM=": "|s", "Basic Og==": "|",
		"Basic ZGVtbzphOmI=": "demo|a:b", // only the first colon parts
		"Basic ZGVtbw==":     "none", "Basic ZGVtbzo": "none", "Basic !": "none", "Basic": "none", "": "none", "Bearer ZGVtbzo=": "none", "Basic ZGVtbzo= x": "none",
	} {
		user, password, ok := Basic(http.Header{"Authorization": {header}})
		got := user + "|" + password
		if !ok {
			got = "none"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
	h := http.Header{}
	SetBasic(h, "demo", "a:b é")
	if user, password, ok := Basic(h); user != "demo" || password != "a:b é" || !ok {
		t.Errorf("%s %s %v", user, password, ok)
	}
}
