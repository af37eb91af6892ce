package bitdefender

import (
	"net/http"
	"slices"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// pushMethods are those of the API push. They have a limit of their own, without
// a queue.
// https://www.bitdefender.com/business/support/en/77211-394430-api-rate-limits.html
var pushMethods = []string{
	"setPushEventSettings", "getPushEventSettings", "sendTestPushEvent", "getPushEventStats", "resetPushEventStats",
}

const pushPerMinute = 5

// eventTypes are the types of event that getPushEventSettings tells of. Of all
// but task-status nothing ever happens here.
// https://github.com/elastic/integrations packages/bitdefender/_dev/deploy/docker/config.yml
var eventTypes = []string{
	"adcloud", "antiexploit", "aph", "av", "avc", "dp", "endpoint-moved-in", "endpoint-moved-out", "exchange-malware",
	"exchange-user-credentials", "fw", "hd", "hwid-change", "install", "modules", "network-monitor", "network-sandboxing",
	"new-incident", "ransomware-mitigation", "registration", "security-container-update-available", "supa-update-status",
	"sva", "sva-load", taskEvent, "troubleshooting-activity", "uc", "uninstall",
}

// taskEvent is the type of the events that tell of a subtask's end.
const taskEvent = "task-status"

// The keys of what is noted of a tenant.
const (
	settingsNote = "push"
	statsNote    = "push-stats"
)

// pushSettings are what a client set. The secret is never shown again.
type pushSettings struct {
	Status          int              `json:"status"`
	ServiceType     string           `json:"serviceType,omitempty"`
	ServiceSettings *serviceSettings `json:"serviceSettings,omitempty"`
	// A map: its keys are sorted, as they are in the known reply.
	SubscribeToEventTypes map[string]bool `json:"subscribeToEventTypes,omitempty"`
	SubscribeToCompanies  []string        `json:"subscribeToCompanies,omitempty"`

	authorization string
}

type serviceSettings struct {
	RequireValidSSLCertificate bool   `json:"requireValidSslCertificate"`
	URL                        string `json:"url"`
}

// settingsOf are the tenant's settings, which are off until somebody sets them.
func settingsOf(c *sim.Call) pushSettings {
	s, _ := c.Note(settingsNote).(pushSettings)
	return s
}

func setPushEventSettings(c *sim.Call) (sim.Reply, error) {
	service := object(c.Params, "serviceSettings")
	secret := "authorization"
	s := pushSettings{
		Status: number(c.Params, "status", 0), ServiceType: text(c.Params, "serviceType"),
		ServiceSettings:       &serviceSettings{URL: text(service, "url"), RequireValidSSLCertificate: true},
		SubscribeToEventTypes: map[string]bool{}, SubscribeToCompanies: texts(c.Params, "subscribeToCompanies"),
	}
	if s.ServiceType == "splunk" {
		secret = "splunkAuthorization"
	}
	s.authorization = text(service, secret)
	if valid, given := service["requireValidSslCertificate"].(bool); given {
		s.ServiceSettings.RequireValidSSLCertificate = valid
	}
	wanted := object(c.Params, "subscribeToEventTypes")
	for _, name := range eventTypes {
		s.SubscribeToEventTypes[name], _ = wanted[name].(bool)
	}
	activated := s.Status == 1 && settingsOf(c).Status == 0
	note(c, settingsNote, func(pushSettings) pushSettings { return s })
	if activated { // the numbers are those since the service was activated
		note(c, statsNote, func(pushStats) pushStats { return newStats(c) })
	}
	if s.Status == 1 {
		c.WarnReceiver(s.ServiceSettings.URL)
		c.Listen()
	} else {
		c.Unlisten()
	}
	return result(c, true), nil
}

func getPushEventSettings(c *sim.Call) (sim.Reply, error) { return result(c, settingsOf(c)), nil }

// sendTestPushEvent shows the event, and sends it where the service is on.
func sendTestPushEvent(c *sim.Call) (sim.Reply, error) {
	if text(c.Params, "eventType") != taskEvent {
		return sim.Reply{}, sim.Refuse(sim.Invalid, rpcError(c, http.StatusOK, -32000, "Event template not found")).
			Naming(openapi.InParams, "eventType", "a type of event that has a template")
	}
	event, fault := testEvent(c)
	if fault != nil {
		return sim.Reply{}, fault
	}
	note(c, statsNote, func(s pushStats) pushStats {
		s.Count.TestEvents++
		return s.at(c)
	})
	if s := settingsOf(c); s.Status == 1 {
		send(c, s, event)
	}
	return result(c, event), nil
}

func getPushEventStats(c *sim.Call) (sim.Reply, error) {
	return result(c, statsOf(c.Note(statsNote), c)), nil
}

func resetPushEventStats(c *sim.Call) (sim.Reply, error) {
	note(c, statsNote, func(pushStats) pushStats { return newStats(c) })
	return result(c, true), nil
}

// pushStats are the numbers of the service, in the documented key order.
type pushStats struct {
	Count struct {
		Events        int `json:"events"`
		TestEvents    int `json:"testEvents"`
		SentMessages  int `json:"sentMessages"`
		ErrorMessages int `json:"errorMessages"`
	} `json:"count"`
	Error struct {
		ConfigurationError int `json:"configurationError"`
		ConnectionError    int `json:"connectionError"`
		ServiceError       int `json:"serviceError"`
		StatusCode2xx      int `json:"statusCode2xx"`
		StatusCode300      int `json:"statusCode300"`
		StatusCode400      int `json:"statusCode400"`
		StatusCode500      int `json:"statusCode500"`
		Timeout            int `json:"timeout"`
	} `json:"error"`
	LastUpdateTime string `json:"lastUpdateTime"`
}

func newStats(c *sim.Call) pushStats { return pushStats{}.at(c) }

// at dates the numbers with the request, or with the event that they count. An
// event that is delivered late makes nothing older.
func (s pushStats) at(c *sim.Call) pushStats {
	s.LastUpdateTime = max(s.LastUpdateTime, date(c.Now(), zoneOf(c.Options.String("zone"))))
	return s
}

// statsOf are the numbers noted; where nothing was ever counted, those of the
// tenant's beginning.
func statsOf(noted any, c *sim.Call) pushStats {
	s, ok := noted.(pushStats)
	if !ok {
		s.LastUpdateTime = date(c.Tenant.Clock.Began(), zoneOf(c.Options.String("zone")))
	}
	return s
}

// note changes a note that is of one type.
func note[T any](c *sim.Call, key string, change func(T) T) {
	_ = c.ChangeNote(key, func(old any) (any, error) { // which cannot fail
		was, _ := old.(T)
		return change(was), nil
	})
}

// maxErrors is how many messages may fail before the service turns itself off.
// https://www.bitdefender.com/business/support/en/77211-135322-getpusheventstats.html
const maxErrors = 100

// tried counts what became of a message in the end.
func tried(c *sim.Call, a sim.Attempt) {
	if !a.Last {
		return
	}
	off := false
	note(c, statsNote, func(s pushStats) pushStats {
		if a.Outcome == sim.Delivered {
			s.Count.SentMessages++
			return s.at(c)
		}
		s.Count.ErrorMessages++
		*s.kind(a)++
		off = s.Count.ErrorMessages > maxErrors
		return s.at(c)
	})
	if off {
		note(c, settingsNote, func(s pushSettings) pushSettings {
			s.Status = 0
			return s
		})
		c.Unlisten()
	}
}

// kind is the number that counts a failure.
func (s *pushStats) kind(a sim.Attempt) *int {
	switch e := &s.Error; {
	case a.Outcome == sim.TimedOut:
		return &e.Timeout
	case a.Outcome == sim.Unreached:
		return &e.ConnectionError
	case a.Outcome != sim.BadStatus:
		return &e.ConfigurationError
	case a.Status < 300:
		return &e.StatusCode2xx
	case a.Status < 400:
		return &e.StatusCode300
	case a.Status < 500:
		return &e.StatusCode400
	default:
		return &e.StatusCode500
	}
}

// changed pushes an event for each subtask that has ended.
func changed(c *sim.Call, change sim.Change) {
	s := settingsOf(c)
	own := companyOf(c).ID
	if s.Status != 1 || !s.SubscribeToEventTypes[taskEvent] || s.SubscribeToCompanies != nil && !slices.Contains(s.SubscribeToCompanies, own) {
		return
	}
	event, ended := taskEnd(c, change)
	if !ended {
		return
	}
	note(c, statsNote, func(s pushStats) pushStats {
		s.Count.Events++
		return s.at(c)
	})
	send(c, s, event)
}

// send hands an event to the push queue. One that is dropped is an error of the
// service.
func send(c *sim.Call, s pushSettings, e event) {
	c = c.Afterwards()
	body := bodyOf(s.ServiceType, e, c.Now())
	header := http.Header{"Content-Type": {"application/json"}, "User-Agent": {"vendorsim"}, "Event-Push-Service-Md5": {checksum(c.Tenant.Name, body)}}
	if s.authorization != "" {
		header["Authorization"] = []string{s.authorization}
	}
	accepted := c.Send(sim.Message{
		URL: s.ServiceSettings.URL, Header: header, Body: body,
		AnyCertificate: !s.ServiceSettings.RequireValidSSLCertificate,
		Tried:          func(a sim.Attempt) { tried(c, a) },
	})
	if !accepted {
		note(c, statsNote, func(s pushStats) pushStats {
			s.Count.ErrorMessages++
			s.Error.ServiceError++
			return s.at(c)
		})
	}
}
