package admin

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// canaries are secrets that clients send. None of them may leave by the control
// API or the log.
var canaries = []string{
	"canary-bearer-token", "canary-basic-user", "canary-basic-password", "canary-refresh-token",
	"canary-client-id", "canary-client-secret", "canary-cookie-value", "canary-in-a-long-path-segment",
	"canary-userinfo", "canary-proxy-secret",
}

// sing sends every canary in the places where clients have secrets, refused and
// accepted.
func sing(g *rig) {
	send := func(method, target, body string, header ...string) {
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		for i := 0; i < len(header); i += 2 {
			r.Header.Add(header[i], header[i+1])
		}
		g.ServeHTTP(httptest.NewRecorder(), r)
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("canary-basic-user:canary-basic-password"))
	own := "Basic " + base64.StdEncoding.EncodeToString([]byte("steer~c:canary-basic-password"))
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	fmc := "/cisco/api/fmc_platform/v1/auth/generatetoken"
	send("GET", "/sailpoint/beta/task-status/report", "", "Authorization", "Bearer canary-bearer-token")
	send("GET", "/sailpoint/beta/task-status/report", "", "Authorization", basic, "Cookie", "session=canary-cookie-value")
	send("GET", "/sailpoint/canary-in-a-long-path-segment/x", "", "Authorization", "Bearer canary-bearer-token")
	send("POST", "/sailpoint/oauth/token", "grant_type=client_credentials&client_id=canary-client-id&client_secret=canary-client-secret", form...)
	send("POST", "/sailpoint/oauth/token?client_secret=canary-client-secret", "grant_type=refresh_token&refresh_token=canary-refresh-token", form...)
	send("POST", "/sailpoint/oauth/token", "grant_type=client_credentials&client_id=steer~c&client_secret=canary-client-secret", form...)
	send("POST", "/sailpoint/oauth/token", "grant_type=nonsense&client_id=steer~c&client_secret=canary-client-secret", form...)
	send("POST", "/sailpoint/oauth/token", `{"client_secret":"canary-client-secret"`, "Content-Type", "application/json")
	send("POST", fmc, "", "Authorization", basic)
	send("POST", fmc, "", "Authorization", own, "Proxy-Authorization", "Bearer canary-proxy-secret")
	send("POST", "/cisco/api/fmc_platform/v1/auth/refreshtoken", "", "X-auth-access-token", "canary-bearer-token", "X-auth-refresh-token", "canary-refresh-token")
	send("GET", "/sailpoint/beta/task-status/report?next=https://canary-userinfo@sim.example/", "", "Authorization", "Bearer steer~c", "Cookie", "a=canary-cookie-value")
	send("GET", "/sailpoint/beta/task-status?limit=many&client_secret=canary-client-secret", "", "Authorization", "Bearer steer~c")
	send("GET", "/sailpoint/beta/task-statuses?access_token=canary-bearer-token", "", "Authorization", "Bearer steer~c")
}

func TestCanaries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, nil)
		path := g.tenant("c")
		sing(g)
		outputs := map[string]string{"the log": g.logged()}
		ask := func(target string) string {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second) // of the bubble's time: a stream ends by it
			defer cancel()
			r := httptest.NewRequestWithContext(ctx, "GET", target, nil)
			r.Host = "localhost"
			w := httptest.NewRecorder()
			g.ServeHTTP(w, r)
			outputs[target] = w.Body.String()
			if w.Code != http.StatusOK {
				return ""
			}
			return w.Body.String()
		}
		for _, target := range []string{
			path + "/journal", path + "/journal.har", path + "/journal/follow?after=0", path + "/report", path + "/report?format=text", path + "/report?format=junit", path + "/tokens", path + "/faults",
			"/refused", "/refused.har", "/refused/follow?after=0", "/metrics",
		} {
			if ask(target) == "" {
				t.Errorf("%s answers nothing", target)
			}
		}
		for _, form := range []string{"@%d", "steer~c.%d"} {
			n := 1
			for ask("/requests/"+fmt.Sprintf(form, n)) != "" {
				n++
			}
			if n < 5 {
				t.Errorf("only %d requests %s", n-1, form)
			}
		}
		for from, text := range outputs {
			for _, canary := range canaries {
				if strings.Contains(text, canary) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(canary))[:16]) {
					t.Errorf("%s tells %s: %s", from, canary, around(text, canary))
				}
			}
		}
	})
}

func around(text, canary string) string {
	i := max(strings.Index(text, canary), 0)
	return text[max(i-80, 0):min(i+80, len(text))]
}
