package secret

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"regulars/internal/base/fault"
)

// Box seals and opens secrets. It is safe for concurrent use.
type Box struct{ aead cipher.AEAD }

const ownersFile = 0o600

// Load reads the key file, and makes it where it is not there yet.
func Load(path string) (*Box, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := generate(path); err != nil {
			return nil, fault.Unavailablef("the key file %s cannot be made: %w; check the permissions of its folder", path, err)
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fault.Unavailablef("the key file %s cannot be read: %w; check its permissions", path, err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != chacha20poly1305.KeySize {
		return nil, fault.Invalidf("%s is not a key file: it holds %d bytes in base64; put the right one back", path, chacha20poly1305.KeySize)
	}
	return New(key), nil
}

// New is a box with the key, of 32 bytes.
func New(key []byte) *Box {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic(err) // the key is of another size
	}
	return &Box{aead: aead}
}

// generate makes a key file. Of two that do so at once, one's is kept.
func generate(path string) error {
	var key [chacha20poly1305.KeySize]byte
	if _, err := rand.Read(key[:]); err != nil {
		return err //nolint:wrapcheck // it never fails
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return reason(err)
	}
	_, err = file.WriteString(base64.StdEncoding.EncodeToString(key[:]) + "\n")
	err = errors.Join(err, file.Chmod(ownersFile), file.Sync(), file.Close())
	if err == nil {
		if err = os.Link(file.Name(), path); errors.Is(err, fs.ErrExist) {
			err = nil
		}
	}
	return reason(errors.Join(err, os.Remove(file.Name())))
}

// reason is the error without the name of the file, which the sentence has already.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// Seal makes a secret unreadable. The purpose, such as "webhook 7", is needed to open it.
func (b *Box) Seal(plain []byte, purpose string) []byte {
	nonce := make([]byte, b.aead.NonceSize(), b.aead.NonceSize()+len(plain)+b.aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		panic(err) // it never fails
	}
	return b.aead.Seal(nonce, nonce, plain, []byte(purpose))
}

// ErrOther says that a secret was sealed with another key or for another purpose, or was changed.
var ErrOther = errors.New("the secret does not open with this key file")

// Open makes a sealed secret readable.
func (b *Box) Open(sealed []byte, purpose string) ([]byte, error) {
	if len(sealed) < b.aead.NonceSize() {
		return nil, ErrOther
	}
	plain, err := b.aead.Open(nil, sealed[:b.aead.NonceSize()], sealed[b.aead.NonceSize():], []byte(purpose))
	if err != nil {
		return nil, ErrOther
	}
	return plain, nil
}
