module vendorsim-clients

go 1.26.0

require (
	github.com/netascode/go-fmc v0.3.1
	github.com/sailpoint-oss/golang-sdk/v2 v2.7.106
)

require (
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
	github.com/hashicorp/go-version v1.8.0 // indirect
	github.com/juju/ratelimit v1.0.2 // indirect
	github.com/tidwall/gjson v1.18.0 // indirect
	github.com/tidwall/match v1.2.0 // indirect
	github.com/tidwall/pretty v1.2.1 // indirect
	github.com/tidwall/sjson v1.2.5 // indirect
	golang.org/x/oauth2 v0.30.0 // indirect
	gopkg.in/validator.v2 v2.0.1 // indirect
)
