package htpasswd

import (
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"testing"
)

// Made with the C library's crypt() and with openssl passwd.
func TestVerify(t *testing.T) {
	for _, c := range []struct{ password, hash string }{
		{"", "$1$abcdefgh$M55TzYaaccxVGbptZWaxX/"},
		{"", "$5$rounds=1400$anotherlongsalts$7IcTVudmZDHdXM3GIn4KAxA5tvn.eciiARdqRBeqNs/"},
		{"", "$5$saltstring$FdNfA4gXqvCeO6iZs7G/.wwwoywYZqo0l1pwmfWaBA7"},
		{"", "$6$saltstring$kyGrqt6gmjAdtFLPrflEFifSYLCWWq1pyx95SvqinLDy2UHmj0sTF0MSLMwxPFZc3tu5kQckI8fks0zOPda3n1"},
		{"", "$apr1$abcdefgh$L.PT565ESX4Tp2bqNs7Ie."},
		{"", "$apr1$xy$43..WIhbfuznGvwoCyUek/"},
		{"", "./Una9Fi.seRo"},
		{"", "abmF1QH4PEr.E"},
		{"", "zZO7u0HfQST3A"},
		{"a", "$1$abcdefgh$jUYc1Xi7pkozuzWQ0Dft71"},
		{"a", "$5$rounds=1400$anotherlongsalts$Iq0dhoYfyGnDVwSUpmuNlZyLKva/p4Sd1frSpizk2oD"},
		{"a", "$5$saltstring$7cz4bTeQ7MnNssphNhFVrITtuJYY/1tdvLL2uzLvOk8"},
		{"a", "$6$saltstring$MO53nAXQUKXVLlsbiXyPgMsR6q10N7eF7sPvanwdXnEeCj5kE3eYaRvFv0wVW1UZ4SnNTzc1v4OCOq1ASDQZY0"},
		{"a", "$apr1$abcdefgh$G8IsPsylW5ROvIKsQMRG61"},
		{"a", "$apr1$xy$T6yk43HTfQwCY.mtbxwJ8/"},
		{"a", "./xT2u5QYaHcU"},
		{"a", "abxxB7HlIeckU"},
		{"a", "zZ/Dc0K.bMxrQ"},
		{"longer password than eight or sixteen", "$1$abcdefgh$bEl6Ahlc23.ZHJEhcbfvq1"},
		{"longer password than eight or sixteen", "$5$rounds=1400$anotherlongsalts$Pypb2FYRJtLZab8qTPA/Kvx7xQdCrmHu5hFhGDFsr89"},
		{"longer password than eight or sixteen", "$5$saltstring$pd43FbB0JdtLDrpYV5zgbzPOijQBU34Zn8gmgN5eDP5"},
		{"longer password than eight or sixteen", "$6$saltstring$Ks.Z8QyU5NIvo8FZSgLTgc9l3gV73XwxKxqOimML97ng87Dv49SK.z6JC8Zm3zCyu1HBZE7MnsTnbpY6PVBv.0"},
		{"longer password than eight or sixteen", "$apr1$abcdefgh$tyx6Wpmp9swsxzFfs.zXU."},
		{"longer password than eight or sixteen", "$apr1$xy$Spn1i8QCHScWHMDHlVPDZ1"},
		{"longer password than eight or sixteen", "./55U6dQC81Cw"},
		{"longer password than eight or sixteen", "abEx3ULcSYuz6"},
		{"longer password than eight or sixteen", "zZSELOiBG6APA"},
		{"p\xc3\xa455", "$1$abcdefgh$4ASrkFaSBz5WLheYwobh2/"},
		{"p\xc3\xa455", "$5$rounds=1400$anotherlongsalts$q1keHLZJFLTxsAmUXcXYaJ840eSNwa4SCeKjDUXgqO5"},
		{"p\xc3\xa455", "$5$saltstring$KW42sPMVgoYselDVddKMV3IO5lpV0wjh1pDnORIqGV1"},
		{"p\xc3\xa455", "$6$saltstring$AfMT5OsAm9lWPhIgaKucSUCeRrSqx5Z4ERcQu0xyCgQemJGF6AUSS9l7JcO402bLKUeAa.uzoe2LtX2qLV9Sj."},
		{"p\xc3\xa455", "./We6N6lIlVEU"},
		{"p\xc3\xa455", "abgz/b9Xd1KB2"},
		{"p\xc3\xa455", "zZcYnURiDiWq6"},
		{"pä55", "$apr1$abcdefgh$.Fr/DDh9JmGMSRofke5SS/"},
		{"pä55", "$apr1$xy$TCJnK1MPgDg08K9R6MCQQ/"},
		{"secret", "$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1"},
		{"secret", "$5$rounds=1400$anotherlongsalts$hA9phAhHgeqcKTycY/LRKamQM18d5P2uD0VRrWGWMX6"},
		{"secret", "$5$saltstring$C3o4O1TC6aRHF4FI.QSZMXtHbaj2gSXr4sUc/3NcUi."},
		{"secret", "$6$saltstring$AIsRs/Ee56G/tC8MEHhvReZTfx8u3rXXMl6eYrjCG9ibix19DxoMBLogdTET5Ukw9Sf7eZTITsuk0Ry5qulYz."},
		{"secret", "$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/"},
		{"secret", "$apr1$xy$94JxxwMvxqQwA3Iid6OL9."},
		{"secret", "./17m29LFAflg"},
		{"secret", "abNANd1rDfiNc"},
		{"secret", "zZ5x4y8hS4SZE"},
		{"secret", "$6$rounds=77777$short$9fpTPr4NNaUDGEkcCIS/3Ttw.TmSTHWGgT/3CUhL.oBSgV1io83eAv7klZ3WhvDUpEy9zB7kpidA5H1ZNlUNn/"},
		{"bc", "$2y$05$abcdefghijklmnopqrstuuJRfERmOaNVtXywiy4GRngj5SIyjCYT2"},
		{"plain:text", "{PLAIN}plain:text"},
		{"test", "{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M="},
	} {
		if ok, err := Verify(c.hash, c.password); !ok || err != nil {
			t.Errorf("%q is not the password of %q: %v", c.password, c.hash, err)
		}
		if ok, _ := Verify(c.hash, c.password+"x"); ok && len(c.password) < 8 {
			t.Errorf("%q was accepted for %q", c.password+"x", c.hash)
		}
	}
}

func TestSalted(t *testing.T) {
	sum := sha1.Sum([]byte("password" + "salt"))
	hash := "{SSHA}" + base64.StdEncoding.EncodeToString(append(sum[:], "salt"...))
	if ok, _ := Verify(hash, "password"); !ok {
		t.Error("not accepted")
	}
	if ok, _ := Verify(hash, "passwort"); ok {
		t.Error("accepted")
	}
}

func TestBroken(t *testing.T) {
	for _, hash := range []string{"", "x", "{SSHA}", "{SSHA}AAAA", "{SHA}", "{SHA}x", "$2y$05$short", "$5$rounds=x$y$z", "$y$abc", "*0", "é!", "$apr1$", "$6$"} {
		ok, err := Verify(hash, "password")
		if ok || err != nil && !errors.Is(err, ErrUnknown) {
			t.Errorf("%q: %v %v", hash, ok, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("$apr1$abcdefgh$x", "p")
	f.Add("ab0123456789.", "p")
	f.Add("{SSHA}AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "p")
	f.Fuzz(func(t *testing.T, hash, password string) {
		if len(hash) > 1 && hash[:2] == "$2" || len(hash) > 12 && hash[3:10] == "rounds=" {
			return // as slow as they ask to be
		}
		if ok, _ := Verify(hash, password); ok {
			if again, _ := Verify(hash, password); !again {
				t.Error("not the same at the second look")
			}
		}
	})
}
