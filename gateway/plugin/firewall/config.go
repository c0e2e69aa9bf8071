package firewall

import (
	"encoding/json"
	"fmt"

	"moongate/gateway/meter"
	"moongate/gateway/plugin"
)

// config is what a configuration says.
type config struct {
	Mode  string     `json:"mode"`
	Rules []ruleConf `json:"rules"`
	Bots  *botsConf  `json:"bots"`

	Core       bool        `json:"core_rules"`
	Paranoia   int         `json:"paranoia_level"`
	Detection  int         `json:"detection_paranoia_level"`
	Inbound    int         `json:"inbound_threshold"`
	Outbound   int         `json:"outbound_threshold"`
	Methods    []string    `json:"allowed_methods"`
	Exclusions []exclusion `json:"exclusions"`
	Before     string      `json:"directives_before"`
	After      string      `json:"directives_after"`

	RequestBody   bool     `json:"request_body"`
	RequestLimit  int64    `json:"request_body_limit"`
	RequestOver   string   `json:"request_body_over"`
	Responses     bool     `json:"responses"`
	ResponseTypes []string `json:"response_types"`
	ResponseLimit int64    `json:"response_body_limit"`

	Status  int    `json:"status"`
	Message string `json:"message"`
	Type    string `json:"content_type"`
	Body    string `json:"body"`
	Most    int    `json:"logged_matches"`
}

type ruleConf struct {
	Action    string            `json:"action"`
	Name      string            `json:"name"`
	Addresses []string          `json:"addresses"`
	Methods   []string          `json:"methods"`
	Path      string            `json:"path"`
	Headers   map[string]string `json:"headers"`
	Query     map[string]string `json:"query"`
	Status    int               `json:"status"`
}

type botsConf struct {
	Allow    []string `json:"allow"`
	Deny     []string `json:"deny"`
	Scanners bool     `json:"scanners"`
	Verify   bool     `json:"verify"`
}

type exclusion struct {
	IDs     []string `json:"ids"`
	Tags    []string `json:"tags"`
	Targets []string `json:"targets"`
}

// instance is a configuration at work.
type instance struct {
	config
	env    *plugin.Env
	id     string
	rules  []rule
	bots   *bots
	engine *engine // nil where Coraza has nothing to do
	passed meter.Series
	counts seriesBy
}

// prepare makes of the configuration what has no need of Coraza.
func (i *instance) prepare() error {
	for k := range i.Rules {
		r, err := newRule(&i.Rules[k])
		if err != nil {
			return fmt.Errorf("rules.%d: %w", k+1, err)
		}
		i.rules = append(i.rules, r)
	}
	if i.Bots != nil {
		b, err := newBots(i.Bots)
		if err != nil {
			return err
		}
		i.bots = b
	}
	return nil
}

// needsEngine tells whether there is anything for Coraza to do.
func (c *config) needsEngine() bool { return c.Core || c.Before != "" || c.After != "" }

// detects tells whether nothing is refused.
func (c *config) detects() bool { return c.Mode == "detect" }

// Close implements plugin.Closer.
func (i *instance) Close() {
	if i.engine != nil {
		shelved.give(i.engine)
	}
}

// read reads a configuration as documents have it.
func (c *config) read(doc map[string]any) error {
	b, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, c)
}
