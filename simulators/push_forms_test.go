package simulators

import (
	"crypto/md5"
	"fmt"
	"io"
	"strings"
	"testing"
)

// The bytes that arrive, of each form, on a clock that stands still.
//
// shows: bitdefender/push-task-status
// shows: bitdefender/push-task-status-fields
// shows: bitdefender/push-task-types
// shows: bitdefender/push-jsonrpc-form
// shows: bitdefender/push-splunk-form
// shows: bitdefender/push-cef-form
// shows: bitdefender/push-qradar-form
// shows: bitdefender/push-headers
func TestPushForms(t *testing.T) {
	for _, tt := range pushForms {
		t.Run(tt.service, func(t *testing.T) {
			p := newPusher(t, "frozen")
			p.set(tt.service, fmt.Sprintf(`{"url":"%s/events?a=1",%s}`, p.receiver.URL, tt.settings))
			p.read("65f46d08c6d2865b32048ba1", 2) // the second read crosses at the instant of the first
			p.receive(tt.authorization, tt.succeeded)
			p.read("65f46d08c6d2865b32048ba2", 2)
			p.receive(tt.authorization, tt.failed)
			p.until("getPushEventStats", `{"count":{"events":2,"testEvents":0,"sentMessages":2,"errorMessages":0}`)
			p.read("65f46d08c6d2865b32048ba1", 3)
			if log := p.log.String(); strings.Contains(log, "s3cret") || len(p.received) > 0 {
				t.Errorf("%d more messages; log:\n%s", len(p.received), log)
			}
		})
	}
}

// receive holds the next message to what it should be.
func (p *pusher) receive(authorization, body string) {
	p.t.Helper()
	r := <-p.received
	got, _ := io.ReadAll(r.Body)
	if string(got) != body {
		p.t.Errorf("received\n%s\nwant\n%s", got, body)
	}
	sum := fmt.Sprintf("%x", md5.Sum(fmt.Appendf(nil, "demo%x", md5.Sum(got))))
	for name, want := range map[string]string{
		"Authorization": authorization, "Event-Push-Service-Md5": sum, "Content-Type": "application/json", "User-Agent": "vendorsim",
	} {
		if r.Header.Get(name) != want {
			p.t.Errorf("%s is %q, want %q", name, r.Header.Get(name), want)
		}
	}
	if r.Method+" "+r.RequestURI != "POST /events?a=1" {
		p.t.Errorf("%s %s", r.Method, r.RequestURI)
	}
}

// What the receiver gets of a subtask that succeeded and of one that failed. The
// order of the keys is that of the vendor's samples.
const (
	pushCompany   = `"companyId":"65134b1747996b709f9b5fe0"`
	pushSucceeded = `"computer_name":"LAPTOP-6H6NF3","computer_fqdn":"laptop-6h6nf3.wunsch-packaging-group.example.com","computer_ip":"198.51.100.103","computer_id":"65be60e7f3309de46690a14c","product_installed":"BEST","userId":"653b22a7d9203c81c564e4ec","taskId":"65f46d08c6d2865b32048ba1","taskName":"Nightly(sub-task)","taskType":272,"targetName":"LAPTOP-6H6NF3","isSuccessful":1,"status":3,"errorMessage":"","errorCode":0`
	pushFailed    = `"computer_name":"DESKTOP-NCQM1C","computer_fqdn":"desktop-ncqm1c.wunsch-packaging-group.example.com","computer_ip":"203.0.113.37","computer_id":"657c91c339dc0bc86be7867f","product_installed":"BEST","userId":"653b22a7d9203c81c564e4ec","taskId":"65f46d08c6d2865b32048ba2","taskName":"Isolate endpoint 2026-01-15(sub-task)","taskType":287,"targetName":"DESKTOP-NCQM1C","isSuccessful":0,"status":3,"errorMessage":"a \"quoted\" path C:\\x = <none>","errorCode":-17`
	cefSucceeded  = `CEF:0|Bitdefender|GravityZone|6.36.0-1|20000|Task Status|4|BitdefenderGZModule=task-status BitdefenderGZCompanyId=65134b1747996b709f9b5fe0 dvchost=LAPTOP-6H6NF3 BitdefenderGZComputerFQDN=laptop-6h6nf3.wunsch-packaging-group.example.com dvc=198.51.100.103 deviceExternalId=65be60e7f3309de46690a14c suid=653b22a7d9203c81c564e4ec BitdefenderGZTaskId=65f46d08c6d2865b32048ba1 msg=Nightly(sub-task) BitdefenderGZTaskType=272 dhost=LAPTOP-6H6NF3 BitdefenderGZTaskSuccessful=1 BitdefenderGZStatus=processed BitdefenderGZErrorCode=0`
	cefFailed     = `CEF:0|Bitdefender|GravityZone|6.36.0-1|20000|Task Status|4|BitdefenderGZModule=task-status BitdefenderGZCompanyId=65134b1747996b709f9b5fe0 dvchost=DESKTOP-NCQM1C BitdefenderGZComputerFQDN=desktop-ncqm1c.wunsch-packaging-group.example.com dvc=203.0.113.37 deviceExternalId=657c91c339dc0bc86be7867f suid=653b22a7d9203c81c564e4ec BitdefenderGZTaskId=65f46d08c6d2865b32048ba2 msg=Isolate endpoint 2026-01-15(sub-task) BitdefenderGZTaskType=287 dhost=DESKTOP-NCQM1C BitdefenderGZTaskSuccessful=0 BitdefenderGZStatus=processed reason=a \"quoted\" path C:\\\\x \\= <none> BitdefenderGZErrorCode=-17`
	pushModule    = `"module":"task-status"`
)

func addEvents(fields string) string {
	return `{"jsonrpc":"2.0","method":"addEvents","params":{"events":[{` + pushCompany + "," + fields + "," + pushModule + `}]},"id":1768467600000}`
}

func plainEvent(fields string) string {
	return "{" + fields + "," + pushCompany + "," + pushModule + "}"
}

func cefEvent(line string) string { return `{"cef":"0","events":["` + line + `"]}` }

var pushForms = []struct{ service, settings, authorization, succeeded, failed string }{
	{"jsonRPC", `"authorization":"Bearer  s3cret=="`, "Bearer  s3cret==", addEvents(pushSucceeded), addEvents(pushFailed)},
	{"splunk", `"splunkAuthorization":"Splunk s3cret","authorization":"not this"`, "Splunk s3cret", `{"event":` + plainEvent(pushSucceeded) + "}", `{"event":` + plainEvent(pushFailed) + "}"},
	{"cef", `"authorization":"s3cret"`, "s3cret", cefEvent(cefSucceeded), cefEvent(cefFailed)},
	{"qradar", `"requireValidSslCertificate":true`, "", plainEvent(pushSucceeded) + "\n", plainEvent(pushFailed) + "\n"},
}
