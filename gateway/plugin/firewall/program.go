package firewall

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"moongate/gateway/schema"
)

// program is the text that a WAF is made of. Configurations with the same one share it, so
// that nothing is in it which only this plugin looks at.
func (c *config) program() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("SecRxPreFilter Off")
	line("Include @coraza.conf-recommended")
	if c.detects() {
		line("SecRuleEngine DetectionOnly")
	} else {
		line("SecRuleEngine On")
	}
	// Logs are ours.
	line("SecAuditEngine Off")
	line("SecRequestBodyAccess %s", onOff(c.RequestBody))
	limit := c.RequestLimit
	if c.rejects() {
		limit++ // what is as long as the limit passes; what is longer never comes here
	}
	line("SecRequestBodyLimit %d\nSecRequestBodyInMemoryLimit %d\nSecRequestBodyLimitAction ProcessPartial", limit, limit)
	line("SecResponseBodyAccess %s\nSecResponseBodyLimit %d\nSecResponseBodyLimitAction ProcessPartial", onOff(c.Responses), c.ResponseLimit)
	line("SecResponseBodyMimeTypesClear\nSecResponseBodyMimeType %s", strings.Join(c.ResponseTypes, " "))
	if c.Core {
		line("Include @crs-setup.conf.example")
		line(`SecAction "id:99901,phase:1,pass,t:none,nolog,setvar:tx.blocking_paranoia_level=%d,setvar:tx.detection_paranoia_level=%d"`, c.Paranoia, max(c.Paranoia, c.Detection))
		line(`SecAction "id:99902,phase:1,pass,t:none,nolog,setvar:tx.inbound_anomaly_score_threshold=%d,setvar:tx.outbound_anomaly_score_threshold=%d"`, c.Inbound, c.Outbound)
		line(`SecAction "id:99903,phase:1,pass,t:none,nolog,setvar:'tx.allowed_methods=%s'"`, strings.Join(c.Methods, " "))
	}
	line("%s", c.Before)
	if c.Core {
		line("Include @owasp_crs/REQUEST-*.conf")
		if c.Responses {
			line(`SecDefaultAction "phase:3,log,auditlog,pass"`)
			line(`SecDefaultAction "phase:4,log,auditlog,pass"`)
			line("Include @owasp_crs/RESPONSE-*.conf")
		}
	}
	line("%s", c.After)
	for k := range c.Exclusions {
		c.Exclusions[k].write(line)
	}
	return b.String()
}

// rejects tells whether requests that are too long are refused.
func (c *config) rejects() bool { return c.RequestOver == "reject" && !c.detects() }

func (e *exclusion) write(line func(string, ...any)) {
	for _, by := range []struct {
		name string
		list []string
	}{{"Id", e.IDs}, {"Tag", e.Tags}} {
		for _, s := range by.list {
			if len(e.Targets) == 0 {
				line(`SecRuleRemoveBy%s %s`, by.name, s)
			}
			for _, t := range e.Targets {
				line(`SecRuleUpdateTargetBy%s %s "!%s"`, by.name, s, t)
			}
		}
	}
}

// forces tells whether rules want bodies of all types, as the core rules do (901340).
func forces(program string) bool {
	low := strings.ToLower(program)
	return strings.Contains(low, "request-*.conf") || strings.Contains(low, "forcerequestbodyvariable")
}

// sumsUp tells whether rules look at requests that are over.
func sumsUp(program string) bool {
	low := strings.ToLower(program)
	return strings.Contains(low, "response-*.conf") || strings.Contains(low, "phase:5") || strings.Contains(low, "phase:'5'") || strings.Contains(low, "phase:logging")
}

func onOff(on bool) string {
	if on {
		return "On"
	}
	return "Off"
}

var (
	idRange  = regexp.MustCompile(`^[1-9][0-9]{0,8}(-[1-9][0-9]{0,8})?$`)
	tagName  = regexp.MustCompile(`^[A-Za-z0-9_.:/-]+$`)
	target   = regexp.MustCompile(`^[A-Z_]+(:(/[A-Za-z0-9_.^$*+?()\[\]-]+/|[A-Za-z0-9_.\[\]-]+))?$`)
	mimeType = regexp.MustCompile(`^[a-z0-9.+-]+/[a-z0-9.+-]+$`)
)

func like(re *regexp.Regexp) func(v any) string {
	return func(v any) string {
		if s, _ := v.(string); !re.MatchString(s) {
			return "invalid value: " + s
		}
		return ""
	}
}

// What is checked here becomes a part of a directive.
var checkIDs, checkTag, checkTarget, checkType = like(idRange), like(tagName), like(target), like(mimeType)

// allowed are the directives that a configuration may have. Others are fields of it, speak
// of files and other programs, or are not known to Coraza.
var allowed = map[string]bool{}

func init() {
	for _, s := range strings.Fields(`SecRule SecAction SecMarker SecDefaultAction SecRuleRemoveById SecRuleRemoveByTag SecRuleRemoveByMsg
		SecRuleUpdateTargetById SecRuleUpdateTargetByTag SecRuleUpdateActionById SecDataset SecComponentSignature SecArgumentsLimit
		SecRequestBodyJsonDepthLimit SecResponseBodyJsonDepthLimit SecRxPreFilter`) {
		allowed[strings.ToLower(s)] = true
	}
}

// longestLine is less than where Coraza stops to read, without a word.
const longestLine = 60000

// judgeDirectives says what of a text of directives is not for a configuration: whoever may
// write one is not for that reason allowed to run programs on this machine. It takes the text
// apart as Coraza does.
func judgeDirectives(text string) error {
	whole, begun, list := "", 0, false // a directive, its first line, and whether it is in a list
	for n, line := range strings.Split(text, "\n") {
		if len(line) > longestLine {
			return fmt.Errorf("line %d: it is too long", n+1)
		}
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if whole == "" {
			begun = n + 1
		}
		if list {
			list = line[0] != '`'
		} else {
			list = line[len(line)-1] == '`'
		}
		more := false
		if list {
			line += "\n"
		} else {
			line, more = strings.CutSuffix(line, `\`)
		}
		whole += line
		if list || more {
			continue
		}
		if err := judgeDirective(strings.ToLower(whole)); err != nil {
			return fmt.Errorf("line %d: %w", begun, err)
		}
		whole = ""
	}
	if whole != "" {
		return errors.New("the last line goes on")
	}
	return nil
}

func judgeDirective(d string) error {
	if word, _, _ := strings.Cut(d, " "); !allowed[word] {
		return fmt.Errorf("%q is not allowed here", word)
	}
	if strings.Contains(d, "@inspectfile") {
		return errors.New("@inspectFile is not allowed here")
	}
	return nil
}

// checkProgram makes the WAF of configurations that have something of their own in it.
func checkProgram(doc map[string]any) (faults schema.Faults) {
	fault := func(field, format string, args ...any) {
		faults = append(faults, schema.Fault{Pointer: schema.Join("", field), Message: fmt.Sprintf(format, args...)})
	}
	var c config
	if err := c.read(doc); err != nil {
		fault("mode", "%v", err)
		return faults
	}
	for _, d := range []struct{ field, text string }{{"directives_before", c.Before}, {"directives_after", c.After}} {
		if err := judgeDirectives(d.text); err != nil {
			fault(d.field, "%v", err)
		}
	}
	if faults != nil || c.Before == "" && c.After == "" && len(c.Exclusions) == 0 || !c.needsEngine() {
		return faults
	}
	e := shelved.take(c.program())
	defer shelved.giveLater(e) // what is accepted is often asked about soon
	if err := e.make(); err != nil {
		// Coraza tells no place: without ours it is theirs.
		field := "directives_after"
		if c.After == "" && c.Before != "" {
			field = "directives_before"
		} else if c.After == "" {
			field = "exclusions"
		}
		fault(field, "%v", err)
	}
	return faults
}
