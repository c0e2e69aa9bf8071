package kafkalog_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"

	"moongate/gateway/plugin/plugintest"
)

func TestAuthentication(t *testing.T) {
	c := cluster(t, 1, kfake.EnableSASL(), kfake.Superuser("PLAIN", "ann", "pw"), kfake.Superuser("SCRAM-SHA-256", "bob", "pw"), kfake.Superuser("SCRAM-SHA-512", "cid", "pw"))
	const format = `,"format":"$uri","authentication":{"strategy":"sasl","mechanism":"%s","user":"%s","password":"%s"}`
	for i, a := range [][2]string{{"PLAIN", "ann"}, {"SCRAM-SHA-256", "bob"}, {"SCRAM-SHA-512", "cid"}} {
		serve(t, config(c, fmt.Sprintf(format, a[0], a[1], "pw"))).Get(fmt.Sprint("/", i))
	}
	ann := kgo.SASL(plain.Auth{User: "ann", Pass: "pw"}.AsMechanism())
	if got := fmt.Sprint(values(read(t, c, 3, ann))); got != "[/0 /1 /2]" {
		t.Error(got)
	}
	g := serve(t, config(c, fmt.Sprintf(format, "PLAIN", "ann", "wrong")+`,"producer_request_retries_max_attempts":1,"producer_request_timeout":100`))
	g.Get("/")
	g.WantLog(`kafka-log \S+: log records can't be written .*EOF`) // kfake hangs up
}

const certificateID = "00000000-0000-4000-8000-0000000000cc"

// The brokers want to see a certificate, which is an entity of the gateway.
func TestTLS(t *testing.T) {
	authority, strange := plugintest.Certificate("authority", nil), plugintest.Certificate("strange", nil)
	trusted := x509.NewCertPool()
	trusted.AddCert(authority.Leaf)
	server := plugintest.Certificate("kafka.test", &authority)
	c := cluster(t, 1, kfake.TLS(&tls.Config{Certificates: []tls.Certificate{server}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: trusted}))
	mine := plugintest.Certificate("gateway", &authority)
	for _, x := range []struct {
		name  string
		shown tls.Certificate
		more  string
		fault string
	}{
		{"a good one", mine, `"certificate_id":"` + certificateID + `"`, ""},
		{"a strange one", strange, `"certificate_id":"` + certificateID + `"`, "tls: "},
		{"none", mine, `"ssl_verify":false`, "tls: "},
		{"one that there is not", mine, `"certificate_id":"00000000-0000-4000-8000-0000000000dd"`, "there is no certificate 0"},
		{"a broker that is not trusted", mine, `"certificate_id":"` + certificateID + `","ssl_verify":true`, "x509: "},
	} {
		t.Run(x.name, func(t *testing.T) {
			cert, key := plugintest.PEM(x.shown)
			doc, err := json.Marshal(map[string]string{"id": certificateID, "cert": cert, "key": key})
			if err != nil {
				t.Fatal(err)
			}
			g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, "certificates "+string(doc), plugintest.Plugin("kafka-log",
				config(c, `,"format":"$uri","security":{"ssl":true,`+x.more+`},"producer_request_retries_max_attempts":1,"producer_request_timeout":100`)))
			g.Get("/" + x.name[:1])
			if x.fault != "" {
				g.WantLog(`kafka-log \S+: log records can't be written .*` + x.fault)
				return
			}
			got := values(read(t, c, 1, kgo.DialTLSConfig(&tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{mine}})))
			if fmt.Sprint(got) != "[/a]" {
				t.Error(got)
			}
		})
	}
}
