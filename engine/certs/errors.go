package certs

import "fmt"

// sslError words a failed OpenSSL call as ngx_ssl_error does:
// TEXT (SSL: error:CODE... error:CODE...). call takes one %s.
func sslError(call, reason, arg string) error {
	return fmt.Errorf(call+" (SSL: error:%s)", arg, reason)
}

// fopenReason is what OpenSSL's BIO_new_file leaves on its error stack. The
// codes are those of OpenSSL 3: library number << 23 | reason.
func fopenReason(path, mode string, err error) string {
	n, text := systemNumber(err)
	s := fmt.Sprintf("80%06X:system library::%s:calling fopen(%s, %s)", n, text, path, mode)
	if n == numberNoEntry {
		return s + " error:10000080:BIO routines::no such file"
	}
	return s + " error:10080002:BIO routines::system lib"
}

// openFailed is nginx's own text, for the files it opens without OpenSSL.
func openFailed(path string, err error) error {
	n, text := systemNumber(err)
	return fmt.Errorf("open() \"%s\" failed (%d: %s)", path, n, text)
}

const (
	reasonNoStart     = "0480006C:PEM routines::no start line:Expecting: "
	reasonBadASN1     = "0688010A:asn1 encoding routines::nested asn1 error:Type=X509 error:0488000D:PEM routines::ASN1 lib"
	reasonNotKey      = "1E08010C:DECODER routines::unsupported:No supported data to decode. Input type: PEM"
	reasonBadDecrypt  = "1C800064:Provider routines::bad decrypt"
	reasonBadPKCS12   = "11800074:PKCS12 routines::pkcs12 cipherfinal error:maybe wrong password"
	reasonBadPEM      = "04800065:PEM routines::bad decrypt"
	reasonNoPassword  = "07880109:common libcrypto routines::interrupted or cancelled error:04800068:PEM routines::bad password read"
	reasonKeyMismatch = "05800074:x509 certificate routines::key values mismatch"
)
