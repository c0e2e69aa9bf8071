package kafkalog

import (
	"crypto/tls"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
)

// options are the configuration in the client's words. The queue batches: the client gets
// whole batches, and none before the last one is done with. It has limits of its own:
// numbers that Kong takes and it does not are brought within them.
func (c *config) options(known func() plugin.Known) ([]kgo.Opt, error) {
	acks := map[int]kgo.Acks{-1: kgo.AllISRAcks(), 0: kgo.NoAck(), 1: kgo.LeaderAck()}[c.Acks]
	codec, ok := map[string]kgo.CompressionCodec{"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression()}[c.Compression]
	if !ok {
		return nil, fmt.Errorf("unknown compression %q", c.Compression)
	}
	backoff := logging.Milliseconds(c.Backoff)
	out := []kgo.Opt{
		kgo.SeedBrokers(c.seeds()...), kgo.DefaultProduceTopic(c.Topic), kgo.ClientID("moongate"), kgo.DisableClientMetrics(),
		kgo.DialTimeout(logging.Milliseconds(c.Timeout)), kgo.ConnIdleTimeout(logging.Milliseconds(min(max(c.Keepalive, 100), 900000))),
		// Idempotent writes need rights that those who may only write may not have, and
		// such a write cannot be given up once it is under way.
		kgo.RequiredAcks(acks), kgo.DisableIdempotentWrite(),
		kgo.ProduceRequestTimeout(logging.Milliseconds(max(c.RequestTimeout, 100))),
		kgo.MaxBufferedRecords(c.Messages), kgo.ProducerBatchMaxBytes(c.Bytes), kgo.ProducerLinger(0),
		kgo.RecordRetries(c.Attempts), kgo.RequestRetries(c.Attempts), kgo.UnknownTopicRetries(c.Attempts),
		kgo.RetryBackoffFn(func(int) time.Duration { return backoff }),
		// Who leads a partition is asked for anew before each try.
		kgo.MetadataMinAge(min(max(backoff, 10*time.Millisecond), time.Minute)),
		kgo.RecordDeliveryTimeout(c.patience()),
		kgo.ProducerBatchCompression(codec),
	}
	if c.Security.SSL {
		t := logging.TLS("", c.Security.Verify) // the client fills in the broker's name
		if id := c.Security.Certificate; id != "" {
			t.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				if c := known().Certificate(id); c != nil {
					return c, nil
				}
				return nil, fmt.Errorf("there is no certificate %s", id)
			}
		}
		out = append(out, kgo.DialTLSConfig(t))
	}
	mechanism, err := c.mechanism()
	if err != nil {
		return nil, err
	}
	if mechanism != nil {
		out = append(out, kgo.SASL(mechanism))
	}
	return out, kgo.ValidateOpts(out...)
}

// patience is how long one batch may take with all its tries.
func (c *config) patience() time.Duration {
	return max(time.Second, logging.Milliseconds(c.RequestTimeout+float64(c.Attempts)*c.Backoff))
}

func (c *config) mechanism() (sasl.Mechanism, error) {
	a := &c.Authentication
	s := scram.Auth{User: a.User, Pass: a.Password, IsToken: a.Token}
	switch a.Mechanism {
	case "":
		return nil, nil
	case "PLAIN":
		return plain.Auth{User: a.User, Pass: a.Password}.AsMechanism(), nil
	case "SCRAM-SHA-256":
		return s.AsSha256Mechanism(), nil
	case "SCRAM-SHA-512":
		return s.AsSha512Mechanism(), nil
	}
	return nil, fmt.Errorf("unknown mechanism %q", a.Mechanism)
}
