package certs

import (
	"fmt"
	"strings"
)

// applyServerCommands carries out ssl_conf_command (SSL_CONF_cmd) by
// changing the options that the other directives set.
func applyServerCommands(o *ServerOptions, notice Notice) error {
	for _, c := range o.ConfCommands {
		ok := true
		switch name, value := c[0], c[1]; strings.ToLower(name) {
		case "certificate":
			o.Certificates = []string{value}
		case "privatekey":
			o.Keys = []string{value}
		case "curves", "groups":
			o.Curves = value
		case "options":
			ok = o.setFlags(value, notice)
		default:
			var err error
			if ok, err = applyCommand(name, value, &o.Protocols, &o.Ciphers, notice); err != nil {
				return err
			}
		}
		if !ok {
			return badCommand(c)
		}
	}
	return nil
}

func (o *ServerOptions) setFlags(list string, notice Notice) bool {
	for _, w := range strings.Split(list, ",") {
		on := !strings.HasPrefix(w, "-")
		switch w = strings.TrimLeft(w, "+-"); strings.ToLower(w) {
		case "serverpreference":
			o.PreferServerCiphers = on
		case "sessionticket":
			o.NoTickets = !on
		case "prioritizechacha", "norenegotiation", "ktls", "encryptthenmac", "compression", "unsafelegacyrenegotiation", "emptyfragments", "bugs", "antireplay", "middleboxcompat", "noresumptiononrenegotiation", "allownodhekex", "txcertificatecompression", "rxcertificatecompression":
			notice(fmt.Sprintf("\"ssl_conf_command Options %s\" has no effect", w))
		default:
			return false
		}
	}
	return true
}

// applyCommand does the commands that servers and clients share.
func applyCommand(name, value string, p *Protocols, ciphers *string, notice Notice) (bool, error) {
	switch strings.ToLower(name) {
	case "cipherstring":
		if _, err := expandCiphers(value); err != nil {
			return false, nil
		}
		*ciphers = value
	case "ciphersuites":
		notice("\"ssl_conf_command Ciphersuites\" is not supported: TLSv1.3 suites cannot be chosen, ignored")
	case "protocol":
		return setProtocols(p, value), nil
	case "minprotocol", "maxprotocol":
		bit, ok := ProtocolNames[value]
		if !ok && value != "None" {
			return false, nil
		}
		if *p == 0 {
			*p = DefaultProtocols
		}
		switch {
		case value == "None":
		case strings.EqualFold(name, "minprotocol"):
			*p &^= bit - 1
		default:
			*p &= bit | (bit - 1)
		}
	case "signaturealgorithms", "clientsignaturealgorithms", "recordpadding", "numtickets":
		notice(fmt.Sprintf("\"ssl_conf_command %s\" has no effect", name))
	default:
		return false, fmt.Errorf("SSL_CONF_cmd(\"%s\", \"%s\") failed (SSL: error:0A000182:SSL routines::unknown cmd name:cmd=%s)", name, value, name)
	}
	return true, nil
}

func setProtocols(p *Protocols, list string) bool {
	if *p == 0 {
		*p = DefaultProtocols
	}
	const all = TLSv1 | TLSv1_1 | TLSv1_2 | TLSv1_3
	for _, w := range strings.Split(list, ",") {
		off := strings.HasPrefix(w, "-")
		w = strings.TrimLeft(w, "+-")
		bit, ok := ProtocolNames[w]
		if strings.EqualFold(w, "ALL") {
			bit, ok = all, true
		}
		if !ok {
			return false
		}
		if off {
			*p &^= bit
		} else {
			*p |= bit
		}
	}
	return true
}

func badCommand(c [2]string) error {
	return fmt.Errorf("SSL_CONF_cmd(\"%s\", \"%s\") failed (SSL: error:0A000180:SSL routines::bad value:cmd=%s, value=%s)", c[0], c[1], c[0], c[1])
}

// verifyMode reads the value of VerifyMode as far as it concerns a client.
func verifyMode(list string) (peer, ok bool) {
	for _, w := range strings.Split(list, ",") {
		switch strings.ToLower(w) {
		case "peer":
			peer = true
		case "request", "require", "once", "requestposthandshake", "requireposthandshake":
		default:
			return false, false
		}
	}
	return peer, true
}
