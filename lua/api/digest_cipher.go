package api

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
)

// Cipher modes of resty.aes; the numbers are those of lib/resty/aes.lua.
const (
	modeECB = iota
	modeCBC
	modeCFB1
	modeCFB8
	modeCFB128
	modeOFB
	modeCTR
	modeGCM
)

// noPadding added to a mode of blocks: the input is whole blocks, as EVP_CIPHER_CTX_set_padding(0) has it.
const noPadding = 16

// cipher encrypts or decrypts the whole input at once; -1 means that it can't be: a wrong length, padding or tag. With GCM the
// tag, 16 bytes, stands behind the text.
func (c *digestCall) cipher() int64 {
	block, err := aes.NewCipher(c.secret())
	if err != nil {
		return -1
	}
	in, iv, mode := c.input(), c.vector(), c.kind&^noPadding
	encrypt := c.op == digestEncrypt
	if mode != modeECB && mode != modeGCM && len(iv) != aes.BlockSize {
		return -1
	}
	switch mode {
	case modeECB, modeCBC:
		return c.blocks(block, in, iv, encrypt)
	case modeGCM:
		return c.sealed(block, in, iv, encrypt)
	}
	out := c.output(len(in))
	switch mode {
	case modeCTR:
		cipher.NewCTR(block, iv).XORKeyStream(out, in)
	case modeOFB, modeCFB128:
		feedback(block, iv, out, in, mode, encrypt)
	case modeCFB8:
		shifted(block, iv, out, in, 8, encrypt)
	case modeCFB1:
		shifted(block, iv, out, in, 1, encrypt)
	default:
		return -1
	}
	return int64(len(in))
}

func (c *digestCall) blocks(block cipher.Block, in, iv []byte, encrypt bool) int64 {
	const size = aes.BlockSize
	padded := c.kind&noPadding == 0
	out := c.output(len(in) + size)
	if encrypt {
		n := len(in)
		copy(out, in)
		if padded {
			pad := size - n%size
			copy(out[n:], bytes.Repeat([]byte{byte(pad)}, pad))
			n += pad
		}
		if n%size != 0 {
			return -1
		}
		if c.kind&^noPadding == modeCBC {
			cipher.NewCBCEncrypter(block, iv).CryptBlocks(out[:n], out[:n])
			return int64(n)
		}
		for i := 0; i < n; i += size {
			block.Encrypt(out[i:], out[i:])
		}
		return int64(n)
	}
	n := len(in)
	if n%size != 0 || n == 0 && padded {
		return -1
	}
	if c.kind&^noPadding == modeCBC {
		cipher.NewCBCDecrypter(block, iv).CryptBlocks(out[:n], in)
	} else {
		for i := 0; i < n; i += size {
			block.Decrypt(out[i:], in[i:])
		}
	}
	if !padded {
		return int64(n)
	}
	pad := int(out[n-1])
	if pad == 0 || pad > size {
		return -1
	}
	for _, b := range out[n-pad : n] {
		if int(b) != pad {
			return -1
		}
	}
	return int64(n - pad)
}

func (c *digestCall) sealed(block cipher.Block, in, iv []byte, encrypt bool) int64 {
	if len(iv) == 0 {
		return -1
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(iv))
	if err != nil {
		return -1
	}
	if encrypt {
		return int64(len(gcm.Seal(c.output(len(in) + gcm.Overhead())[:0], iv, in, nil)))
	}
	plain, err := gcm.Open(nil, iv, in, nil)
	if err != nil {
		return -1
	}
	return int64(copy(c.output(len(plain)), plain))
}

// feedback is OFB and CFB with whole blocks (NIST SP 800-38A, 6.3 and 6.4).
func feedback(block cipher.Block, iv, out, in []byte, mode int32, encrypt bool) {
	var reg, key [aes.BlockSize]byte
	copy(reg[:], iv)
	for i := range in {
		k := i % aes.BlockSize
		if k == 0 {
			block.Encrypt(key[:], reg[:])
		}
		b := in[i]
		out[i] = b ^ key[k]
		switch {
		case mode == modeOFB:
			reg[k] = key[k]
		case encrypt:
			reg[k] = out[i]
		default:
			reg[k] = b
		}
	}
}

// shifted is CFB with segments of 8 or 1 bit.
func shifted(block cipher.Block, iv, out, in []byte, bits int, encrypt bool) {
	var reg, key [aes.BlockSize]byte
	copy(reg[:], iv)
	mask := byte(0xff) << (8 - bits)
	for i := range in {
		var sum byte
		for at := 0; at < 8; at += bits {
			block.Encrypt(key[:], reg[:])
			from := in[i] << at & mask
			to := from ^ key[0]&mask
			sum |= to >> at
			if encrypt {
				from = to
			}
			shiftLeft(&reg, bits, from>>(8-bits))
		}
		out[i] = sum
	}
}

// shiftLeft moves the register by so many bits and lets in those of low.
func shiftLeft(reg *[aes.BlockSize]byte, bits int, low byte) {
	for i := range reg {
		next := low
		if i+1 < len(reg) {
			next = reg[i+1] >> (8 - bits)
		}
		reg[i] = reg[i]<<bits | next
	}
}
