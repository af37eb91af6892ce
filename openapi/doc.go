// Package openapi holds the vendors' contracts and that of our own control API:
// one hand-written OpenAPI 3.0.3 file each, embedded, and the checks of requests
// and responses against them. It must not know how a vendor is imitated, the
// scenario language, or who asks; it is the only importer of kin-openapi.
//
// What a process reads is packed.bin, which is made of the YAML files. After a
// change of one: go generate ./openapi. A file that was changed without it is
// parsed, which is slow, and a test says so.
//
// # What our files say beyond OpenAPI
//
// (All of it in the vendors' files. That of our own API, admin.yaml, has only
// x-outside: we are its source, so there is no evidence.)
//
// A member that stands at the file, a path, an operation or a response and is
// not named here is refused: most are misspelt.
//
// Evidence. Each operation, response, option, behaviour and surprise says why we
// believe it:
//
//	x-evidence: {level: documented, source: "https://..."}
//
// level is recorded (a real exchange; transcript names the file under
// testdata/<vendor>/recorded that shows it), documented (the vendor's page),
// client (what a shipping client sends or needs) or assumed (no source; note
// says why we chose it).
//
// At the top of a file:
//
//	x-options:      # the vendor's switches, for scenarios' "options:"
//	  - {name: zone, default: "+02:00", pattern: "^...$", text: "...", x-evidence: {...}}
//	x-behaviours:   # what a schema cannot say; each is named by the test that shows it
//	  - {name: local-dates, text: "Dates are local time without a zone.", x-evidence: {...}}
//	  - {name: task-status-0, documented: "A queued subtask is 1.", observed: "It is 0.", x-evidence: {...}}
//	x-outside:      # answers to requests that met no operation: status -> component response
//	  {"401": Unauthorized, "404": NotFound, "405": MethodNotAllowed, "429": RateLimited}
//	x-task:         # the document that a scenario's "set:" may override
//	  {schema: TaskStatus, computed: [id, status], id: "^[0-9a-f]{24}$"}
//	x-surprises:    # what the vendor may do and clients wrongly rule out, for scenarios' "surprises:"
//	  - {name: later-types, kind: value, on: [getTaskStatus], at: result.type, values: [30], text: "...", x-evidence: {...}}
//	x-secrets:      # where a credential may stand, in requests and replies: nobody is shown it
//	  headers: [Authorization, x-av-token]   # headers
//	  fields: [access_token, client_secret]  # members of a query, a form or a JSON body, at any depth
//	  names: [client_id]                     # headers or members with the tenant's name: shown only where it was accepted
//	  signatures: [x-av-sig]                 # those of the headers that are made from a secret for one request
//
// Each name of x-secrets must be one that the file declares, but for the headers
// that every HTTP client knows.
//
// The kinds of a surprise, each with what it takes besides name and text:
//
//	field:        one more member, field with value, in each object at a path of the answer
//	value:        one of values in the place of what stands at a path
//	order:        the parts of the list at a path in another order
//	pages:        pages that are smaller than what was asked for
//	header-case:  the names of the header in small letters
//	retry-date:   Retry-After as an HTTP date
//	ids:          the ids that the vendor makes have more digits; tossed for once a vendor
//
// on names the operations; left out it is for all. A path (at) is of members;
// each part of a list on the way counts, and what is not there is left alone.
// No response contract has to allow what a surprise does: it is applied after
// that was held.
//
// A behaviour with documented and observed is a difference of the profiles; one
// with departs: true leaves the vendor's page in both.
//
// At an operation:
//
//	x-operation: {name: getTaskStatus, kind: poll, task: path.id}
//
// kind is login, poll, list, start, write or read. task says where the id of
// the task stands: path.NAME, query.NAME, or body.A.B. demo: true marks the one
// operation of a vendor that a new user is shown.
//
// A response whose schema depends on the profile names the other one; the plain
// schema is that of the profile documented:
//
//	x-profiles: {observed: TaskObserved}   # a component schema
//
// JSON-RPC: one POST whose request and response schemas are the envelope, with
// its methods. params and result name component schemas; result may be a map
// from profile to schema:
//
//	x-operation: {name: network, kind: read, rpc: true}
//	x-methods:
//	  - {name: getTaskStatus, kind: poll, task: body.params.taskId, params: StatusParams,
//	     result: {documented: Status, observed: StatusObserved}, example: {taskId: ...}, x-evidence: {...}}
package openapi
